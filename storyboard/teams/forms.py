"""What people type about teams, members and invitations, cleaned; views make these and actions get the result."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from storyboard.teams.audit import Did
from storyboard.teams.fields import LineField, one_line
from storyboard.teams.models import Role, Team

ROLES = [(role.value, f"{role.label}: {role.duty}") for role in Role]
NOT_AN_ADDRESS = "Write an address like name@example.com."
NOT_A_DATE = "Write the day like 2026-11-28."


class TeamForm(forms.Form):
    """The name, for a new team and for another name."""

    name = LineField(
        label="Name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the team a name.", "max_length": "Make it 80 characters or fewer."},
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        # Names are mailed to people who never heard of us: no bait in them.
        if "://" in name or "www." in name.lower():
            raise forms.ValidationError("A name cannot hold a web address.")
        return name


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(
        choices=ROLES,
        coerce=lambda value: Role(int(value)),
        initial=Role.VIEWER.value,
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose a role from the list."},
    )


class InviteForm(RoleForm):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "name@example.com"}),
        error_messages={
            "required": "Write the address of the person to invite.",
            "invalid": NOT_AN_ADDRESS,
            "max_length": "An address has 254 characters at most.",
            "null_characters_not_allowed": NOT_AN_ADDRESS,
        },
    )
    field_order = ["email", "role"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        # Quoted local parts may hold control characters; nobody's address here does.
        if '"' in email or email != one_line(email):
            raise forms.ValidationError(NOT_AN_ADDRESS)
        return email


class DeleteForm(forms.Form):
    """The team's name, typed by hand, so that nobody deletes the wrong team."""

    name = LineField(label="Name of the team", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.team.name:
            raise forms.ValidationError(f"Type “{self.team.name}” to delete it.")
        return name


class DayField(forms.DateField):
    """A day in the years that a calendar can show and a database can count in."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {"invalid": NOT_A_DATE}
    default_validators = [
        MinValueValidator(date(2000, 1, 1), NOT_A_DATE),
        MaxValueValidator(date(2200, 1, 1), NOT_A_DATE),
    ]


class AuditFilter(forms.Form):
    """Which entries of the audit log to show; everything is optional."""

    text = LineField(label="Find", required=False, max_length=100)
    person = forms.ChoiceField(required=False)
    did = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *Did.choices])
    since = DayField(label="From", required=False)
    until = DayField(label="To", required=False)

    def __init__(self, *args: Any, people: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Everybody"), *((person, person) for person in people)]  # type: ignore[attr-defined]

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if isinstance(since, date) and isinstance(until, date) and since > until:
            self.add_error("until", "The last day is before the first.")
