"""What people type about boards, cleaned; views make these and actions get the result."""

from django import forms

from storyboard.boards.choices import RESOLUTIONS
from storyboard.boards.formats.decode import ENCODINGS
from storyboard.boards.formats.fields import Field
from storyboard.boards.formats.limits import MOST_BYTES
from storyboard.providers.catalog import RATIOS
from storyboard.teams.fields import LineField, one_line

KEEP = ("", "As it is")
ON, OFF = "on", "off"
KINDS = [
    ("", "Find out"),
    ("text", "Text, one shot a paragraph"),
    ("screenplay", "Screenplay (Fountain)"),
    ("table", "Table (CSV)"),
    ("bundle", "Board (JSON)"),
]
SORTS = [("changed", "Last changed"), ("name", "Name"), ("made", "Newest")]


class NameForm(forms.Form):
    """The name of a board or a scene."""

    name = LineField(
        label="Name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give it a name.", "max_length": "Make it 120 characters or fewer."},
    )


class FindForm(forms.Form):
    """Which boards to show, and in which order; everything is optional."""

    text = LineField(required=False, max_length=100)
    sort = forms.ChoiceField(required=False, choices=SORTS)
    shown = forms.ChoiceField(required=False, choices=[("", "Boards"), ("archive", "Archive"), ("deleted", "Deleted")])


def yes_or_no(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[KEEP, (ON, "On"), (OFF, "Off")])


class ChangeForm(forms.Form):
    """Settings for many shots at once; what is left as it is stays different from shot to shot."""

    prefix = "many"
    seconds = forms.TypedChoiceField(
        label="Length",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[KEEP, *((str(number), f"{number} s") for number in range(4, 16))],
    )
    ratio = forms.ChoiceField(label="Shape", required=False, choices=[KEEP, *((one, one) for one in RATIOS)])
    resolution = forms.ChoiceField(label="Size", required=False, choices=[KEEP, *((one, one) for one in RESOLUTIONS)])
    audio = yes_or_no("Sound")
    reset = forms.BooleanField(
        label="First forget what these shots have of their own", required=False, help_text="They take over the board’s."
    )

    def settings(self) -> dict[str, object]:
        data = self.cleaned_data
        found: dict[str, object] = {name: data[name] for name in ("seconds", "ratio", "resolution") if data[name]}
        return found | ({"audio": data["audio"] == ON} if data["audio"] else {})


class ImportForm(forms.Form):
    """A file or pasted words, what they are, and for a table what each column means."""

    text = forms.CharField(
        label="Paste your text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "placeholder": "One shot a paragraph, with an empty line between."}),
    )
    file = forms.FileField(
        label="Or choose a file",
        required=False,
        help_text="Text, a screenplay in Fountain, CSV, or a board exported as JSON. 20 MB at most.",
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.md,.csv,.tsv,.tab,.json,.fountain,.spmd"}),
    )
    name = LineField(label="Name of the board", required=False, max_length=120)
    kind = forms.ChoiceField(label="What it is", required=False, choices=KINDS)
    encoding = forms.ChoiceField(label="Encoding", required=False, choices=[("", "Find out"), *ENCODINGS.items()])
    # The columns were shown, so that one without a meaning was left out by a person.
    matched = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> None:
        file = self.cleaned_data.get("file")
        if not file and not (self.cleaned_data.get("text") or "").strip():
            raise forms.ValidationError("Paste some text or choose a file.")
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError("The file has more than 20 MB. Divide it into smaller ones.")

    def source(self) -> tuple[bytes, str]:
        """The bytes and the file's name; pasted words have none."""
        file = self.cleaned_data.get("file")
        if not file:
            words: str = self.cleaned_data["text"]
            return words.encode("utf-8", "replace"), ""
        file.seek(0)
        return bytes(file.read()), str(file.name)

    def title(self) -> str:
        """The name that was written, else the file's."""
        file = self.cleaned_data.get("file")
        return str(self.cleaned_data["name"] or (one_line(file.name.rpartition(".")[0]) if file else ""))

    def mapping(self, width: int) -> dict[int, Field]:
        """Column -> meaning, as a person matched them."""
        sent = {at: self.data.get(f"column-{at}", "") for at in range(width)}
        return {at: Field(value) for at, value in sent.items() if value in set(Field)}
