"""What a change does to joints, in words: said before it is done, and again when it is.

A joint names its predecessor, so moving and deleting shots links nothing anew; splitting and merging hands followers
on. People are told what that means.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from storyboard.boards.choices import NAMES, merged
from storyboard.boards.desk import Desk
from storyboard.boards.fields import labelled
from storyboard.boards.models import Joint, Shot

SHOWS = {Joint.CONTINUE: "continues", Joint.LAND: "continues", Joint.MOTION: "carries on the movement of"}


@dataclass(frozen=True, slots=True)
class Consequence:
    shot: Shot
    sentence: str


def of(desk: Desk) -> list[Consequence]:
    """Compare the desk with what was read; the desk may be thrown away afterwards."""
    if not desk.whole:
        return []
    was = {shot.pk: number for number, shot in enumerate(desk.order_before, 1)}
    now = {shot.pk: number for number, shot in enumerate(desk.order, 1)}
    told = [(shot, sentence(desk, shot, was, now)) for shot in desk.order if shot.pk in was]
    for gone, into in desk.merged.items():
        told += [(desk.shots[into], text) for text in given_up(desk, desk.shots[gone], desk.shots[into], was, now)]
    return [Consequence(shot, text) for shot, text in told if text]


def sentence(desk: Desk, shot: Shot, was: dict[int, int], now: dict[int, int]) -> str:
    how, before = joint_before(desk, shot)
    if how is Joint.CUT or before not in was or shot.joint != how:
        return ""
    name = called(shot.pk, was, now)
    if before not in now:
        return lost(name, how, shot, now)
    if shot.joint_from_id != before:
        # A split hands its followers on to the last part; undo hands them back.
        return f"{name} now {SHOWS[how]} shot {now[shot.joint_from_id]}." if shot.joint_from_id in now else ""
    gap = now[shot.pk] - now[before]
    if gap == 1 or side(gap) == side(was[shot.pk] - was[before]):
        return ""
    onto = f"{name} still {SHOWS[how]} {called(before, was, now).replace('Shot', 'shot', 1)}, "
    return onto + ("which is not directly before it any more." if gap > 1 else "which now comes after it.")


def side(gap: int) -> int:
    """Directly before it, further before it, or behind it."""
    return min(max(gap, 0), 2)


def lost(name: str, how: Joint, shot: Shot, now: dict[int, int]) -> str:
    """The predecessor is gone; a merge may have given it another."""
    if shot.joint_from_id is None:
        return f"{name} {SHOWS[how]} a shot that is gone: choose another, or make it a cut."
    return f"{name} now {SHOWS[how]} shot {now[shot.joint_from_id]}."


def given_up(desk: Desk, gone: Shot, into: Shot, was: dict[int, int], now: dict[int, int]) -> Iterator[str]:
    """What a shot had that the one does not have which it became part of: its own opening, its own settings."""
    how, before = joint_before(desk, gone)
    if how is not Joint.CUT and before in now and before != into.pk and (how, before) != joint_before(desk, into):
        onto = called(before, was, now).replace("Shot", "shot", 1)
        yield f"Shot {was[gone.pk]}, as part of shot {now[into.pk]}, no longer {SHOWS[how]} {onto}."
    own, kept = (merged(desk.board.settings, shot.settings) for shot in (gone, into))
    names = [name for name in NAMES if name in gone.settings and getattr(own, name) != getattr(kept, name)]
    if names:
        words = labelled(names)
        verb, those = ("are", "those") if " and " in words else ("is", "that")
        yield f"The {words} of shot {was[gone.pk]} {verb} not kept, only {those} of shot {now[into.pk]}."


def joint_before(desk: Desk, shot: Shot) -> tuple[Joint, int]:
    joint: Any = desk.before["shot", shot.pk]["joint"]
    return Joint(joint[0]), joint[1] or 0


def called(pk: int, was: dict[int, int], now: dict[int, int]) -> str:
    if was[pk] == now[pk]:
        return f"Shot {now[pk]}"
    return f"Shot {now[pk]} (so far {was[pk]})"
