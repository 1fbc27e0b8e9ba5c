"""Keep a board that was read from a file. The draft is checked; what the team does not have is left out and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from storyboard.boards.actions.boards import TOPIC, held_team, new_board
from storyboard.boards.actions.copies import link, refer
from storyboard.boards.choices import NAMES, merged, model_for
from storyboard.boards.fields import LONGEST_NAME
from storyboard.boards.formats.draft import DraftBoard, DraftReference
from storyboard.boards.formats.limits import checked
from storyboard.boards.models import Board, Joint, Scene, Shot
from storyboard.connections.models import Connection
from storyboard.connections.queries import usable
from storyboard.live.publish import publish
from storyboard.media.models import Kind, Reference
from storyboard.teams.models import Team, User

UNTITLED = "Untitled film"
MOST_REMARKS = 50


@dataclass
class Stored:
    """The new board, and in words what of the draft is not on it."""

    board: Board
    remarks: list[str] = field(default_factory=list)
    connections: dict[str, Connection] = field(default_factory=dict)


@transaction.atomic(durable=True)
def store(team: Team, *, draft: DraftBoard, name: str = "", by: User) -> Stored:
    """A new board with everything of the draft. Its media have to be in the library already: `name` is the file's."""
    draft = checked(draft)
    team = held_team(team, by)
    board = new_board(team, name=(draft.name.strip() or name.strip() or UNTITLED)[:LONGEST_NAME], by=by)
    stored = Stored(board, connections={one.public_id: one for one in usable(team)})
    board.look = draft.look
    board.settings = {**board.settings, **usable_settings(stored, draft.settings, "The board")}
    board.save(update_fields=["look", "settings"])
    fill(stored, draft, by)
    publish(team.channel, TOPIC)
    return stored


def fill(stored: Stored, draft: DraftBoard, by: User) -> None:
    board = stored.board
    scenes = Scene.objects.bulk_create([Scene(board=board, name=scene.name[:LONGEST_NAME]) for scene in draft.scenes])
    library = Library(board.team, draft.references)
    shots = []
    for number, one in enumerate(draft.shots, 1):
        shot = Shot(board=board, position=number, prompt=one.prompt, notes=one.notes, changed_by=by)
        shot.settings = usable_settings(stored, one.settings, f"Shot {number}")
        shot.scene = None if one.scene is None else scenes[one.scene]
        shot.exact, shot.needs_approval = one.exact, one.needs_approval
        shot.landing = library.picture(one.landing, number, stored)
        shots.append(shot)
    Shot.objects.bulk_create(shots, batch_size=500)
    link(shots, [(Joint(one.joint), one.joint_from) for one in draft.shots])
    refer(shots, [library.all(one.references, number, stored) for number, one in enumerate(draft.shots, 1)])


def usable_settings(stored: Stored, settings: Mapping[str, object], where: str) -> dict[str, object]:
    """Without a connection of another team, and without a model that its connection does not know."""
    found = {name: value for name, value in settings.items() if name in NAMES}
    if found.get("connection") and found["connection"] not in stored.connections:
        say(stored, f"{where} names a connection that this team does not have; it uses the board’s.")
        del found["connection"]
    if found.get("model"):
        chosen = merged(stored.board.settings, found)
        if model_for(stored.connections.get(chosen.connection), chosen.model) is None:
            say(stored, f"{where} names the model “{chosen.model}”, which its connection does not have.")
            del found["model"]
    return found


def say(stored: Stored, sentence: str) -> None:
    """The first of many will do."""
    if len(stored.remarks) < MOST_REMARKS:
        stored.remarks.append(sentence)


class Library:
    """What a draft calls its references, found in the team's library: by content, by address, by key or by name."""

    def __init__(self, team: Team, entries: Sequence[DraftReference]) -> None:
        rows = list(Reference.objects.filter(team=team, deleted_at=None).select_related("file").order_by("pk"))
        self.known: dict[str, Reference] = {row.name.casefold(): row for row in rows}
        self.known |= {row.public_id: row for row in rows}
        self.known |= {key: row for row in rows if (key := row.asset_uri or (row.file.sha256 if row.file else ""))}
        self.entries = {entry.id: entry for entry in entries}

    def find(self, name: str) -> Reference | None:
        entry = self.entries.get(name)
        if entry is None:
            return self.known.get(name) or self.known.get(name.casefold())
        return self.known.get(entry.sha256 or entry.address)

    def all(self, names: Sequence[str], number: int, stored: Stored) -> list[int]:
        found = [(name, self.find(name)) for name in names]
        for name, row in found:
            if row is None:
                say(stored, f"Shot {number} is made with “{self.called(name)}”, which is not in the library.")
        return [row.pk for _, row in found if row]

    def picture(self, name: str, number: int, stored: Stored) -> Reference | None:
        row = self.find(name) if name else None
        if name and (row is None or row.kind != Kind.IMAGE):
            say(stored, f"Shot {number} lands on “{self.called(name)}”, which is no picture of the library.")
            return None
        return row

    def called(self, name: str) -> str:
        return self.entries[name].name if name in self.entries else name
