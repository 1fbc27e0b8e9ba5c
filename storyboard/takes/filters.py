"""What people choose by in the inbox, cleaned. views.inbox makes these."""

from typing import Any

from django import forms

from storyboard.boards.models import Board
from storyboard.providers import catalog
from storyboard.takes.verdicts import Verdict
from storyboard.teams.fields import LineField
from storyboard.teams.models import Team

LARGEST = 2**63 - 1


class InboxFilter(forms.Form):
    """Which deliveries to show; everything is optional. `before` and `after`: next to which one."""

    text = LineField(label="Take or task", required=False, max_length=128)
    vendor = forms.ChoiceField(required=False)
    verdict = forms.ChoiceField(required=False, choices=[("", "Whatever came of it"), *Verdict.choices])
    board = forms.ChoiceField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    after = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = Board.objects.filter(team=team).order_by("name", "pk").values_list("public_id", "name")
        self.offer("vendor", "Every vendor", [(each.id, each.label) for each in catalog.vendors()])
        self.offer("board", "Every board", list(boards))

    def offer(self, name: str, every: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", every), *choices]  # type: ignore[attr-defined]

    @property
    def is_narrow(self) -> bool:
        """Whether anything was chosen, apart from the page."""
        return any(self.cleaned_data.get(name) for name in ("text", "vendor", "verdict", "board"))
