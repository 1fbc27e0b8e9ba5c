"""What people and the upload script send about references, cleaned; views make these and actions get the result."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from storyboard.addresses import url_problem
from storyboard.media.actions.uploads import Announced
from storyboard.media.fetch import our_policy
from storyboard.media.models import Kind
from storyboard.media.storage.base import MOST_PARTS
from storyboard.teams.fields import LineField

MOST_AT_ONCE = 500
MOST_LINKS = 64
MOST_TAGS = 12
LONGEST_TAG = 30
ASSET = re.compile(r"asset://[A-Za-z0-9][A-Za-z0-9._-]{2,180}")
NOT_AN_ASSET = "Write the id that the vendor's asset page shows, like asset://asset-20260423-x7k2p."
OUT_OF_DATE = "This page is out of date. Reload it and choose the files again."
Fields = dict[str, Any]


class StartForm(forms.Form):
    """Which files are to be sent: JSON [{"name": …, "type": …, "size": …}]; the answer keeps their order."""

    named = forms.JSONField()
    replaces = forms.CharField(required=False, max_length=20)

    def clean_named(self) -> list[Announced]:
        told = self.cleaned_data["named"]
        if not isinstance(told, list) or not 1 <= len(told) <= MOST_AT_ONCE:
            raise ValidationError(f"Choose 1 to {MOST_AT_ONCE} files at a time.")
        return [self.announced(each) for each in told]

    def announced(self, told: object) -> Announced:
        match told:
            case {"name": str(name), "type": str(content_type), "size": int(size)} if not isinstance(size, bool):
                return Announced(name[:1000], content_type[:100], max(0, min(size, 1 << 53)))
        raise ValidationError(OUT_OF_DATE)


class LinksForm(forms.Form):
    """Of which parts of a large file links are wanted; none for a small one, which has one link."""

    parts = forms.JSONField(required=False)

    def clean_parts(self) -> list[int]:
        wanted = self.cleaned_data["parts"] or []
        if not isinstance(wanted, list) or len(wanted) > MOST_LINKS:
            raise ValidationError(OUT_OF_DATE)
        if not all(type(number) is int and 1 <= number <= MOST_PARTS for number in wanted):
            raise ValidationError(OUT_OF_DATE)
        return wanted


class ImportForm(forms.Form):
    url = forms.CharField(
        label="Link to a file",
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://example.com/harbour.jpg", "autocomplete": "off"}),
        help_text="It must open for anyone who has it, and lead straight to a picture, clip or sound.",
        error_messages={"required": "Paste a link."},
    )
    name = LineField(
        label="Name", required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if problem := url_problem(url, our_policy()):
            raise ValidationError(problem)
        return url


class AssetForm(forms.Form):
    """Something that APIMart keeps: only its address and what it is are known here."""

    asset_uri = LineField(
        label="Asset id",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "asset://…", "autocomplete": "off"}),
        error_messages={"required": NOT_AN_ASSET},
    )
    kind = forms.ChoiceField(label="What it is", choices=Kind.choices)
    name = LineField(label="Name", max_length=120, error_messages={"required": "Give it a name to find it by."})

    def clean_asset_uri(self) -> str:
        text: str = self.cleaned_data["asset_uri"]
        uri = text if text.startswith("asset://") else f"asset://{text}"
        if not ASSET.fullmatch(uri):
            raise ValidationError(NOT_AN_ASSET)
        return uri


class EditForm(forms.Form):
    name = LineField(
        label="Name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a name to find it by."},
    )
    tags = LineField(
        label="Tags",
        required=False,
        max_length=600,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "harbour, night"}),
        help_text="Words to find it by, with commas between them.",
    )

    def clean_tags(self) -> list[str]:
        text: str = self.cleaned_data["tags"]
        tags = list(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip().lstrip("#").lower())))
        if len(tags) > MOST_TAGS:
            raise ValidationError(f"{MOST_TAGS} tags are the most.")
        if long := next((tag for tag in tags if len(tag) > LONGEST_TAG), None):
            raise ValidationError(f"Make “{long[:40]}” {LONGEST_TAG} letters or fewer.")
        return tags


class FindForm(forms.Form):
    """What somebody looks for in the library or in the picker; whatever cannot be read finds everything."""

    text = LineField(required=False, max_length=100)
    kind = forms.ChoiceField(required=False, choices=[("", "All"), *Kind.choices])
    tag = LineField(required=False, max_length=LONGEST_TAG)


class TrimForm(forms.Form):
    """In and out in seconds, to the millisecond."""

    start = forms.DecimalField(label="In", min_value=0, max_digits=10, decimal_places=3)
    end = forms.DecimalField(label="Out", min_value=0, max_digits=10, decimal_places=3)

    def in_ms(self) -> int:
        return milliseconds(self.cleaned_data["start"])

    def out_ms(self) -> int:
        return milliseconds(self.cleaned_data["end"])


def milliseconds(seconds: Decimal) -> int:
    return int(seconds * 1000)


def sentence_of(form: forms.Form) -> str:
    """The first mistake, for an answer that has room for one sentence."""
    for errors in form.errors.values():
        return str(errors[0])
    return ""
