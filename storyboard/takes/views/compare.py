"""Two takes of a shot beside each other, played as one: what each is, and what differs between what was asked.

A dialog over the board for htmx, a page of its own for everybody else.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from storyboard.boards.queries import Sheet
from storyboard.boards.views.load import shot_alone
from storyboard.boards.views.page import frame_of
from storyboard.takes import cards
from storyboard.takes.compared import Difference, differences
from storyboard.takes.models import State, Take
from storyboard.takes.phrases import references_of, said
from storyboard.takes.views.receipt import lasted
from storyboard.takes.views.shelf import about, price, status
from storyboard.teams.decorators import SignedInRequest, signed_in
from storyboard.teams.models import Role

PAGE = "takes/compare.html"
FPS = Decimal(24)
TWO = 2
SPEEDS = [("0.25", "¼ speed"), ("0.5", "½ speed"), ("1", "Full speed"), ("2", "2× speed")]


class Side(NamedTuple):
    """One of the two, as the table below the pictures shows it."""

    key: str
    take: Take
    status: Any
    price: str
    seed: str
    worked: str


@require_safe
@signed_in
def takes_compare(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> HttpResponse:
    sheet = shot_alone(request, team_id, board_id, shot_id)
    return about(
        request, PAGE, sheet, lambda sheet: context_of(sheet, request.GET.get("a", ""), request.GET.get("b", ""))
    )


def context_of(sheet: Sheet, a_id: str, b_id: str) -> dict[str, Any]:
    (shot,) = sheet.shots
    takes = Take.objects.filter(shot=shot, state=State.DONE, deleted_at=None).select_related(
        "clip", "connection", "by", "approved_by", "upstream__shot"
    )
    found = list(takes.order_by("number"))
    both = pair(found, a_id, b_id)
    seen = cards.Seen(sheet.board)
    role = sheet.own.role
    return frame_of(sheet) | {
        "shot": shot,
        "takes": found,
        "sides": [side(key, take, seen) for key, take in zip("ab", both, strict=False)],
        "fps": max((take.clip.fps or FPS for take in both if take.clip), default=FPS),
        "speeds": SPEEDS,
        "different": different(sheet, both),
        "is_own": any(not take.request for take in both),
        "may_review": role >= Role.REVIEWER and sheet.board.archived_at is None,
    }


def pair(found: Sequence[Take], a_id: str, b_id: str) -> list[Take]:
    """Those that were asked for; in the place of one that is not there, the selected one or the newest."""
    if len(found) < TWO:
        return []
    by_id = {take.public_id: take for take in found}
    order = sorted(found, key=lambda take: (take.is_selected, take.number), reverse=True)
    a = by_id.get(a_id) or next(take for take in order if take.public_id != b_id)
    b = by_id.get(b_id)
    return [a, b if b and b is not a else next(take for take in order if take is not a)]


def side(key: str, take: Take, seen: cards.Seen) -> Side:
    seed = said("seed", take.request.get("seed"), {}) if take.request else ""
    return Side(key, take, status(take, seen), price(take), seed, lasted(take.accepted_at, take.finished_at))


def different(sheet: Sheet, both: Sequence[Take]) -> list[Difference]:
    if len(both) < TWO:
        return []
    a, b = both
    return differences(a, b, references_of(sheet.board.team, a.request, b.request))
