"""Takes whose clips were measured, for tests of drift and of the page where a hand-off is chosen."""

from typing import Any

from django.utils import timezone

from storyboard.boards.models import Shot
from storyboard.rendering.looks import Look
from storyboard.takes.models import Measure, Take
from tests.takes import make

GREY = "gICA" * 24
PLAIN = (50.0, 20.0, 30.0, 60.0)
Figures = tuple[float, float, float, float]


def look(ms: int = 0, figures: Figures = PLAIN) -> Look:
    return Look(ms, *figures, GREY)


def brighter(by: float) -> Figures:
    return PLAIN[0] + by, *PLAIN[1:]


def measured(take: Take, first: Figures = PLAIN, last: Figures = PLAIN, *, frames: int = 24) -> Measure:
    """A second that goes from the one look to the other in equal steps."""
    looks = [look(round((at + 0.5) * 1000 / 24), between(first, last, at / (frames - 1))) for at in range(frames)]
    rows = [list(one) for one in looks]
    return Measure.objects.create(take=take, first=rows[0], last=rows[-1], frames=rows, made_at=timezone.now())


def between(one: Figures, other: Figures, part: float) -> Figures:
    return tuple(a + (b - a) * part for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def selected(shot: Shot, first: Figures = PLAIN, last: Figures = PLAIN, **columns: Any) -> Take:
    take = make.selected(shot, **columns)
    measured(take, first, last)
    return take
