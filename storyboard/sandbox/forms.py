"""What an owner sets about a key of the sandbox: how much is on it, and what goes wrong with it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from storyboard.sandbox.faults import FAULTS, GROUPS, Fault

MOST_DOLLARS = 10_000
AMOUNT = f"Write a whole number of dollars from 1 to {MOST_DOLLARS:,}."


class CreditForm(forms.Form):
    """For a new key, and for more on an old one."""

    dollars = forms.IntegerField(
        label="Credit in US dollars",
        help_text="It is play money: the sandbox bills at the vendors’ prices, and nobody pays.",
        initial=100,
        min_value=1,
        max_value=MOST_DOLLARS,
        widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], AMOUNT),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for validator in self.fields["dollars"].validators:
            validator.message = AMOUNT  # type: ignore[attr-defined]

    @property
    def micro_usd(self) -> int:
        return int(self.cleaned_data["dollars"]) * 1_000_000


class FaultsForm(forms.Form):
    """A checkbox for each fault; what is ticked goes wrong with every task of the key."""

    def __init__(self, *args: Any, chosen: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = dict.fromkeys(chosen, True)
        for fault in FAULTS.values():
            self.fields[fault.name] = field_for(fault)

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        for group in GROUPS:
            yield group.label, [self[fault.name] for fault in group.faults]

    @property
    def chosen(self) -> list[str]:
        return [name for name, ticked in self.cleaned_data.items() if ticked]


def field_for(fault: Fault) -> forms.BooleanField:
    return forms.BooleanField(label=fault.sentence, help_text=f"<code>sandbox:{fault.name}</code>", required=False)
