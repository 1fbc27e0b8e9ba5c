"""A board as a table (CSV) that a spreadsheet opens without running a cell, and that reads back to the same board.

The export page calls write. Not in it: the files behind the references; for those there is the bundle.
"""

import csv
import io
from collections.abc import Mapping

from storyboard.boards.formats.delimited import guarded, joined
from storyboard.boards.formats.draft import DraftBoard, DraftShot, Joint, Setting
from storyboard.boards.formats.fields import LABELS, SETTINGS, Field
from storyboard.boards.formats.limits import checked
from storyboard.boards.formats.rows import BOARD_ROW, SCENE_ROW
from storyboard.boards.formats.values import word_for
from storyboard.boards.formats.words import NONE

Cells = dict[Field, str]


def write(draft: DraftBoard) -> bytes:
    """UTF-8 with the mark that spreadsheets look for."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(LABELS.values())
    for row in rows(checked(draft)):
        writer.writerow([guarded(row.get(field, "")) for field in LABELS])
    return file.getvalue().encode("utf-8-sig")


def rows(draft: DraftBoard) -> list[Cells]:
    board = {
        Field.NUMBER: BOARD_ROW,
        Field.SCENE: draft.name,
        Field.PROMPT: draft.look,
        **settings(draft.settings),
    }
    scenes = [] if in_order(draft) else range(len(draft.scenes))
    return [
        board,
        *({Field.NUMBER: SCENE_ROW, **scene(draft, place)} for place in scenes),
        *(shot_row(draft, place, shot) for place, shot in enumerate(draft.shots)),
    ]


def in_order(draft: DraftBoard) -> bool:
    """The shots alone tell which scenes there are, and in which order."""
    named = dict.fromkeys(shot.scene for shot in draft.shots if shot.scene is not None)
    return list(named) == list(range(len(draft.scenes)))


def shot_row(draft: DraftBoard, place: int, shot: DraftShot) -> Cells:
    return {
        Field.NUMBER: str(place + 1),
        **(scene(draft, shot.scene) if shot.scene is not None else {}),
        Field.PROMPT: shot.prompt,
        Field.NOTES: shot.notes,
        Field.JOINT: shot.joint.value,
        Field.FOLLOWS: follows(shot),
        Field.EXACT: word_for(shot.exact) if shot.exact else "",
        Field.LANDING: shot.landing,
        Field.APPROVAL: word_for(shot.needs_approval) if shot.needs_approval else "",
        Field.REFERENCES: joined(shot.references),
        **settings(shot.settings),
    }


def scene(draft: DraftBoard, place: int) -> Cells:
    return {Field.SCENE_NUMBER: str(place + 1), Field.SCENE: draft.scenes[place].name}


def follows(shot: DraftShot) -> str:
    """Always said: an empty cell would mean the shot before."""
    if shot.joint is Joint.CUT:
        return ""
    return NONE if shot.joint_from is None else str(shot.joint_from + 1)


def settings(chosen: Mapping[str, Setting]) -> Cells:
    return {name: word_for(chosen[name.value]) for name in SETTINGS if name.value in chosen}
