"""Keep a film that was read from a file: as a new board, or among the shots of one that is there.

The draft is checked; what the team does not have is left out and said.
"""

from collections.abc import Mapping

from django.db import transaction

from storyboard.boards.actions.boards import TOPIC, held_team, new_board
from storyboard.boards.actions.copies import link, refer
from storyboard.boards.bringing import Bring, Stored, row_of, usable_settings
from storyboard.boards.changes import END, Spot
from storyboard.boards.desk import lay
from storyboard.boards.edits import finish, locked
from storyboard.boards.fields import LONGEST_NAME
from storyboard.boards.formats.draft import DraftBoard
from storyboard.boards.formats.limits import checked
from storyboard.boards.library import Library
from storyboard.boards.models import Board, Joint, Scene, Shot
from storyboard.connections.queries import usable
from storyboard.live.publish import publish
from storyboard.media.models import Reference
from storyboard.teams.models import Team, User

UNTITLED = "Untitled film"
# What a draft calls a reference -> the entry of the library that was made for it.
Given = Mapping[str, Reference]
NOTHING: Given = {}


@transaction.atomic(durable=True)
def store(team: Team, *, draft: DraftBoard, name: str = "", by: User) -> Stored:
    """A new board with everything of the draft. Its media have to be in the library already: `name` is the file's."""
    return stored(held_team(team, by), draft, name, by)


@transaction.atomic(durable=True)
def extend(board: Board, *, draft: DraftBoard, at: Spot = END, by: User) -> Stored:
    """The draft's scenes and shots on a board that is there, as one step that can be undone."""
    return extended(board, draft, at, by)


def stored(team: Team, draft: DraftBoard, name: str, by: User, given: Given = NOTHING) -> Stored:
    """Inside a transaction that holds the team."""
    draft = checked(draft)
    board = new_board(team, name=(draft.name.strip() or name.strip() or UNTITLED)[:LONGEST_NAME], by=by)
    found = Stored(board, connections={one.public_id: one for one in usable(team)}, count=len(draft.shots))
    board.look = draft.look
    board.settings = {**board.settings, **usable_settings(found, draft.settings, "The board")}
    board.save(update_fields=["look", "settings"])
    fill(found, draft, by, given)
    publish(team.channel, TOPIC)
    return found


def extended(board: Board, draft: DraftBoard, at: Spot, by: User, given: Given = NOTHING) -> Stored:
    """Inside a transaction; it takes the board's lock."""
    draft = checked(draft)
    board = locked(board, by)
    found = Stored(board, connections={one.public_id: one for one in usable(board.team)}, count=len(draft.shots))
    desk = lay(board, by)
    change = Bring(draft, Library(board.team, draft.references, given), found, at)
    change.apply(desk)
    done = finish(desk, change.label)
    found.sentences = [each.sentence for each in done.consequences]
    return found


def fill(found: Stored, draft: DraftBoard, by: User, given: Given) -> None:
    board = found.board
    scenes = Scene.objects.bulk_create([Scene(board=board, name=scene.name[:LONGEST_NAME]) for scene in draft.scenes])
    library = Library(board.team, draft.references, given)
    shots = []
    for number, one in enumerate(draft.shots, 1):
        shot = row_of(one, number, found, library)
        shot.board, shot.position, shot.changed_by = board, number, by
        shot.scene = None if one.scene is None else scenes[one.scene]
        shots.append(shot)
    Shot.objects.bulk_create(shots, batch_size=500)
    link(shots, [(Joint(one.joint), one.joint_from) for one in draft.shots])
    refer(shots, [library.all(one.references, number, found) for number, one in enumerate(draft.shots, 1)])
