"""The inspector: one shot with its settings, hints and price, or what the board gives to every shot.

page.py puts it into the page, shot.py and board.py answer with it alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import QuerySet

from storyboard.boards.actions import pair_version
from storyboard.boards.asks import Ask, suited
from storyboard.boards.choices import Choices, merged, model_for
from storyboard.boards.models import Joint, Shot
from storyboard.boards.queries import Sheet
from storyboard.boards.views.cells import Cell
from storyboard.boards.views.shown import OfConnection, hints_of, kept, models_offered, shown
from storyboard.boards.views.values import amount
from storyboard.media.models import Reference
from storyboard.providers.base import Kind, Mode, Quote
from storyboard.providers.catalog import Model

# Stands for whatever is carried when it is asked who takes such a thing.
PICTURE = "https://picture.invalid/"
TABS = ("shot", "notes")
# How the prompt calls a reference: by its kind, counted from 1.
PLURAL = {Kind.IMAGE: "Pictures", Kind.VIDEO: "Clips", Kind.AUDIO: "Sounds"}
CALLED = {Kind.IMAGE: "Image", Kind.VIDEO: "Video", Kind.AUDIO: "Audio"}


class Called(NamedTuple):
    reference: Reference
    called: str


class Part(NamedTuple):
    """The references of one kind: what the model uses them for is said by their kind."""

    label: str
    rows: list[Called]
    # How many the model takes; None when there is no model.
    most: int | None


def parts(references: Sequence[Reference], model: Model | None) -> list[Part]:
    """Pictures, clips and sounds, each in the order in which the prompt counts them."""
    found = called(references)
    parted = [(kind, [one for one in found if one.reference.kind == kind]) for kind in PLURAL]
    return [Part(PLURAL[kind], rows, taken(model, kind)) for kind, rows in parted]


def taken(model: Model | None, kind: Kind) -> int | None:
    if model is None:
        return None
    limit = model.limits.get(kind)
    return limit.count if limit else 0


def called(references: Sequence[Reference]) -> list[Called]:
    counts: dict[str, int] = {}
    found = []
    for reference in references:
        counts[reference.kind] = counts.get(reference.kind, 0) + 1
        found.append(Called(reference, f"{CALLED[Kind(reference.kind)]} {counts[reference.kind]}"))
    return found


def shot_side(sheet: Sheet, cell: Cell, tab: str = "") -> dict[str, Any]:
    shot, asked = cell.shot, cell.ask
    board = merged(sheet.board.settings)
    model = asked.model
    hints = hints_of(asked.problems)
    return {
        "shot": shot,
        "cell": cell,
        "tab": tab if tab in TABS else "shot",
        "side": "shot",
        "hints": hints,
        "most": model.prompt[1] if model else None,
        "joints": joints_of(asked),
        "exact_offered": shot.joint in {Joint.CONTINUE, Joint.LAND} and (shot.exact or can_be_exact(asked)),
        "followable": followable(shot),
        "references": shot.references.all(),
        "parts": parts([row.reference for row in shot.references.all()], model),
        "most_references": sum(limit.count for limit in model.limits.values()) if model else 0,
        "connections": offers(sheet, asked.choices),
        "model_version": pair_version(shot.versions),
        "model_own": bool({"connection", "model"} & set(shot.settings)) and model is not None,
        "board_model": model_name(sheet, board),
        "kept": " ".join(filter(None, [asked.said, kept(asked.choices, model)])),
        "priced": priced(asked.quote),
        "save_at": f"shots/{shot.public_id}/save/",
        "save_key": f"shot-{shot.public_id}",
    } | shown(asked.choices, model, shot.versions, own=shot.settings, board=board, hints=hints)


def priced(quote: Quote) -> str:
    """How the price comes about: ref rate × 6 s; or why it is not known."""
    if quote.note or not quote.seconds:
        return quote.note
    return quote.basis if " " in quote.basis else f"{quote.basis} rate × {quote.seconds.normalize():f} s"


def followable(shot: Shot) -> QuerySet[Shot]:
    """Those that it could open on; only a shot that follows shows the list, and only then is it read."""
    others = Shot.objects.filter(board=shot.board_id, deleted_at=None).exclude(pk=shot.pk)
    return others.only("public_id", "position", "prompt")


def board_side(sheet: Sheet) -> dict[str, Any]:
    choices = merged(sheet.board.settings)
    connection = sheet.connections.get(choices.connection)
    model = model_for(connection, choices.model)
    differing = Shot.objects.filter(board=sheet.board, deleted_at=None).exclude(settings={}).count()
    return {
        "tab": "board",
        "connections": offers(sheet, choices),
        "has_model": model is not None,
        "model_version": pair_version(sheet.board.versions),
        "kept": kept(choices, model),
        "overriding": says_otherwise(differing),
        "budget": amount(sheet.board.budget_micro_usd),
        "save_at": "save/",
        "save_key": f"board-{sheet.board.public_id}",
    } | shown(choices, model, sheet.board.versions)


def says_otherwise(number: int) -> str:
    if number == 0:
        return "No shot has settings of its own."
    return f"{number} shot{' has' if number == 1 else 's have'} settings of {'its' if number == 1 else 'their'} own."


def offers(sheet: Sheet, choices: Choices) -> list[OfConnection]:
    return models_offered(sheet.connections.values(), choices)


def model_name(sheet: Sheet, choices: Choices) -> str:
    connection = sheet.connections.get(choices.connection)
    model = model_for(connection, choices.model)
    return f"{model.label} at {connection}" if model else "no model"


def joints_of(asked: Ask) -> list[tuple[str, str]]:
    """What the chosen tier can do, and what is chosen although it cannot."""
    can = {
        Joint.CUT: True,
        Joint.CONTINUE: able(asked, lambda model: Mode.IMAGE in model.modes, opening=PICTURE),
        Joint.LAND: able(asked, lambda model: model.takes_landing, opening=PICTURE, landing=PICTURE),
        Joint.MOTION: able(asked, lambda model: model.takes_motion, motion_tail=PICTURE),
    }
    return [(joint.value, joint.label) for joint in Joint if can[joint] or asked.shot.joint == joint]


def able(asked: Ask, can: Callable[[Model], bool], **carried: str) -> bool:
    """Whether a model of the tier takes a request that carries this; without a choice everything is possible."""
    if asked.model is None:
        return True
    bare = replace(asked.request, opening="", landing="", motion_tail="", references=(), exact=False)
    return can(suited(replace(bare, **carried), asked.model))  # type: ignore[arg-type]


def can_be_exact(asked: Ask) -> bool:
    return asked.model is not None and able(asked, lambda model: model.takes_exact_opening, opening=PICTURE)
