"""A board to try things out with: six shots, every joint, a scene, an approval, and pictures that a job paints.

At the first start it is there already; in other teams a button makes it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from storyboard.boards.actions.boards import TOPIC, first_choice, held_team, just_made, new_board
from storyboard.boards.actions.copies import link
from storyboard.boards.models import Board, Joint, Scene, Shot, ShotReference, Tour
from storyboard.boards.queries import address_of_board
from storyboard.jobs.queue import enqueue
from storyboard.live.publish import publish
from storyboard.media.actions.references import new_reference
from storyboard.media.actions.uploads import TOPIC as LIBRARY
from storyboard.media.models import File, Reference
from storyboard.teams.actions.lock import locked
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team, User

NAME = "The lighthouse keeper"
LOOK = "Cinematic, warm amber light against blue dusk, fine film grain, 35 mm lens."
CUT, CONTINUE, LAND, MOTION = Joint.CUT, Joint.CONTINUE, Joint.LAND, Joint.MOTION
PAINT = "storyboard.boards.tasks.paint_sample"
SOON = timedelta(seconds=1)
# Half the price, and quick to paint.
CHEAP = {"resolution": "480p"}
# What rendering.keeper paints, and what the library calls it.
PICTURES = {"lighthouse": "The lighthouse at dusk", "keeper": "The keeper", "ship": "The ship’s lamp"}


class Line(NamedTuple):
    """One shot. `picture`: what it is made with; for a shot that lands, what it ends on."""

    scene: str
    joint: Joint
    seconds: int
    prompt: str
    picture: str = ""


LINES = (
    Line(
        "Dusk",
        CUT,
        6,
        "A lighthouse on a basalt cliff at dusk. Gulls cross. Slow aerial push in over the water.",
        "lighthouse",
    ),
    Line("Dusk", CONTINUE, 5, "The lamp ignites behind the glass and its beam sweeps the sea. The camera pushes in."),
    Line(
        "Dusk",
        MOTION,
        6,
        "Through the window the keeper turns from the lamp. The camera drifts past him.",
        "keeper",
    ),
    Line(
        "Night",
        CUT,
        5,
        "Close-up of the keeper’s weathered hands that wind the clockwork, brass and dust in a shaft of light.",
        "keeper",
    ),
    Line(
        "Night",
        CONTINUE,
        5,
        "The clockwork stops. The keeper looks up. Static shot; the beam outside goes out.",
        "keeper",
    ),
    Line(
        "Night",
        LAND,
        6,
        "A ship’s lamp answers from the dark. He smiles. The camera pulls back to his silhouette.",
        "ship",
    ),
)
# Somebody looks at it before the shots that follow are paid for.
APPROVED = 4


@transaction.atomic(durable=True)
def create_sample(team: Team, *, by: User) -> Board:
    team = held_team(team, by)
    if twin := just_made(team, NAME, by):
        return twin
    board = begin_sample(team, by)
    publish(team.channel, TOPIC)
    return board


def first_film(team: Team, by: User) -> str:
    """settings.FIRST_FILM: inside the transaction of the first start; the address where its link leads."""
    board = begin_sample(team, by)
    Tour.objects.create(user=by, board=board)
    return address_of_board(board)


def begin_sample(team: Team, by: User) -> Board:
    """All that is made of words; the pictures come from a job, and with them what they are for."""
    board = new_board(team, name=NAME, by=by)
    board.look, board.painting, board.settings = LOOK, 0, {**board.settings, **CHEAP}
    board.save(update_fields=["look", "painting", "settings"])
    scenes = {name: Scene.objects.create(board=board, name=name) for name in dict.fromkeys(one.scene for one in LINES)}
    shots = [shot_of(board, scenes, number, line, by) for number, line in enumerate(LINES, 1)]
    Shot.objects.bulk_create(shots)
    link(shots, [(line.joint, None if line.joint is CUT else at - 1) for at, line in enumerate(LINES)])
    enqueue(PAINT, board.pk)
    return board


def shot_of(board: Board, scenes: dict[str, Scene], number: int, line: Line, by: User) -> Shot:
    shot = Shot(board=board, position=number, scene=scenes[line.scene], prompt=line.prompt, changed_by=by)
    shot.settings = {"seconds": line.seconds}
    shot.needs_approval = number == APPROVED
    return shot


@transaction.atomic(durable=True)
def begin_painting(board_id: int) -> Board | None:
    """The board to paint for, counted before the work; None when there is nothing to do any more."""
    rows = Board.objects.select_for_update(of=("self",), no_key=True).select_related("team")
    found = rows.filter(pk=board_id).exclude(painting=None).first()
    if found is None:
        return None
    found.painting = (found.painting or 0) + 1
    found.save(update_fields=["painting"])
    return found


@transaction.atomic(durable=True)
def paint_soon(board: Board) -> None:
    """Not yet: a new team's first connection is still being made."""
    enqueue(PAINT, board.pk, at=timezone.now() + SOON)


@transaction.atomic(durable=True)
def finish_sample(board: Board, *, files: Mapping[str, File]) -> None:
    """The pictures are here: into the library, and to the shots. Twice is once; without files it stays as it is."""
    team = locked(board.team)
    rows = Board.objects.select_for_update(of=("self",), no_key=True).select_related("created_by")
    found = rows.filter(pk=board.pk).exclude(painting=None).first()
    if found is None:
        return
    entries = {name: entry(team, PICTURES[name], file, found.created_by) for name, file in files.items()}
    # As they were made: somebody may have moved them about since.
    for shot, line in zip(Shot.objects.filter(board=found).order_by("pk")[: len(LINES)], LINES, strict=False):
        if shot.deleted_at is None and line.picture in entries:
            give(shot, entries[line.picture])
    found.painting, found.settings = None, {**first_choice(team), **found.settings}
    found.save(update_fields=["painting", "settings"])
    publish(team.channel, LIBRARY)
    publish(team.channel, TOPIC)
    publish(found.channel, "board")
    publish(found.channel, "order")


def entry(team: Team, name: str, file: File, by: User | None) -> Reference:
    """The library's entry of this picture; a second sample in the team uses the first one's."""
    if twin := team.references.filter(file=file, deleted_at=None).first():
        return twin
    made = new_reference(team, name=name, kind=file.kind, by=by, file=file)
    record(Did.REFERENCE_ADDED, by=by, team=team, subject=name, detail={"origin": "sample"})
    return made


def give(shot: Shot, picture: Reference) -> None:
    """Unless somebody chose another one meanwhile, or made it another shot."""
    name = "landing" if shot.joint == LAND else "references"
    if name == "landing" and shot.landing_id is None:
        shot.landing = picture
    elif name == "references" and not shot.references.exists():
        ShotReference.objects.create(shot=shot, reference=picture, position=1)
    else:
        return
    shot.versions = {**shot.versions, name: shot.versions.get(name, 0) + 1}
    shot.save(update_fields=["landing", "versions"])
