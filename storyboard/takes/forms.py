"""What people type about money, cleaned; views make these and actions get the result."""

from typing import Any

from django import forms

from storyboard.boards.views.values import amount, micro
from storyboard.errors import DomainError
from storyboard.takes.actions.budgets import BOUNDS, MOST
from storyboard.teams.fields import LineField

LONGEST = 16
# No budget is this: a page that says so has not seen the present one.
NONE_OF_OURS = -1


class BudgetForm(forms.Form):
    """One amount, and in `base` the one that stood there when the page was made."""

    amount = LineField(
        label="Budget in US dollars",
        required=False,
        max_length=LONGEST,
        help_text="Empty: no limit.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "No limit"}),
        error_messages={"max_length": BOUNDS},
    )

    def __init__(self, *args: Any, limit: int | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"amount": amount(limit)})
        super().__init__(*args, **kwargs)

    def clean_amount(self) -> int | None:
        try:
            found = micro(self.cleaned_data["amount"])
        except DomainError as error:
            raise forms.ValidationError(error.message) from None
        if found is not None and found > MOST:
            raise forms.ValidationError(BOUNDS)
        return found

    @property
    def base(self) -> int | None:
        text = str(self.data.get("base", ""))
        if not text:
            return None
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else NONE_OF_OURS
