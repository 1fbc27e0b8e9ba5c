"""A draft's shots as rows, and the change that puts them among the shots of a board that is there.

actions.imports makes a new board of a draft, or performs Bring; views ask what Bring would do before anybody says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storyboard.boards import consequences
from storyboard.boards.changes import END, Spot, counted
from storyboard.boards.choices import NAMES, merged, model_for
from storyboard.boards.consequences import SHOWS, Consequence
from storyboard.boards.desk import Desk, lay
from storyboard.boards.fields import LONGEST_NAME
from storyboard.boards.formats.draft import DraftBoard, DraftShot
from storyboard.boards.library import Library
from storyboard.boards.models import Board, Joint, Scene, Shot
from storyboard.connections.models import Connection
from storyboard.errors import DomainError
from storyboard.teams.models import User

MOST_REMARKS = 50
NO_LOOK = "The file’s look is not taken over: this board has its own. Copy it from the file if you want it here."
NOTHING_IN_IT = "There is no shot in it to add. Choose another file."


@dataclass
class Stored:
    """The board, and in words what of the draft is not on it; `sentences`: what the shots do to others’ joints."""

    board: Board
    remarks: list[str] = field(default_factory=list)
    connections: dict[str, Connection] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    # How many shots came.
    count: int = 0

    def say(self, sentence: str) -> None:
        """The first of many will do."""
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(sentence)


def row_of(one: DraftShot, number: int, stored: Stored, library: Library) -> Shot:
    """Everything of it but its place, scene and joint."""
    shot = Shot(prompt=one.prompt, notes=one.notes, exact=one.exact, needs_approval=one.needs_approval)
    shot.settings = usable_settings(stored, one.settings, f"Shot {number}")
    shot.landing = library.picture(one.landing, number, stored)
    return shot


def usable_settings(stored: Stored, settings: Mapping[str, object], where: str) -> dict[str, object]:
    """Without a connection of another team, and without a model that its connection does not know."""
    found = {name: value for name, value in settings.items() if name in NAMES}
    if found.get("connection") and found["connection"] not in stored.connections:
        stored.say(f"{where} names a connection that this team does not have; it uses the board’s.")
        del found["connection"]
    if found.get("model"):
        chosen = merged(stored.board.settings, found)
        if model_for(stored.connections.get(chosen.connection), chosen.model) is None:
            stored.say(f"{where} names the model “{chosen.model}”, which its connection does not have.")
            del found["model"]
    return found


@dataclass(frozen=True, slots=True)
class Bring:
    """All shots of a draft, beside a shot or at the end, with their scenes and the joints among them."""

    draft: DraftBoard
    library: Library
    stored: Stored
    spot: Spot = END

    @property
    def label(self) -> str:
        return counted(len(self.draft.shots), "Import")

    def apply(self, desk: Desk) -> None:
        if not self.draft.shots:
            raise DomainError(NOTHING_IN_IT)
        index, scenes = self.spot.index(desk), self.scenes(desk)
        rows = [row_of(one, number, self.stored, self.library) for number, one in enumerate(self.draft.shots, 1)]
        shared = self.shared()
        for row, one in zip(rows, self.draft.shots, strict=True):
            row.settings = {**shared, **row.settings}
            row.scene = scenes.get(one.scene)
        made = desk.add(rows, index)
        for number, (row, one) in enumerate(zip(made, self.draft.shots, strict=True), 1):
            desk.references[row.pk] = self.library.all(one.references, number, self.stored)
            before = made[one.joint_from] if one.joint_from is not None else None
            # No circle can come of it: the draft has none, and no shot that was here follows a new one.
            row.joint, row.joint_from_id = Joint(one.joint), before.pk if before else None
        self.open_first(desk, made[0], index)

    def open_first(self, desk: Desk, first: Shot, index: int) -> None:
        """A first shot that continues something unknown continues the shot that it comes to stand behind."""
        if first.joint != Joint.CUT and first.joint_from_id is None and index:
            first.joint_from_id = desk.order[index - 1].pk

    def scenes(self, desk: Desk) -> dict[int | None, Scene | None]:
        """Scenes of their own; shots of a file without any join the scene that they come to stand in."""
        beside = self.spot.beside(desk)
        used = sorted({one.scene for one in self.draft.shots if one.scene is not None})
        if not used:
            return {None: desk.scenes.get(beside.scene_id or 0) if beside else None}
        return {at: desk.scene(self.draft.scenes[at].name[:LONGEST_NAME]) for at in used}

    def shared(self) -> dict[str, object]:
        """What the file gives to all of its shots and this board does not."""
        board = self.stored.board
        if self.draft.look.strip() and self.draft.look != board.look:
            self.stored.say(NO_LOOK)
        found = usable_settings(self.stored, self.draft.settings, "The file")
        own = merged(board.settings)
        return {name: value for name, value in found.items() if getattr(own, name) != value}


@dataclass(frozen=True, slots=True)
class Coming:
    """What is known of newcomers before they are there: how many, how the first opens, and whether it says on which."""

    count: int
    first: Joint
    follows: bool


def coming(draft: DraftBoard) -> Coming:
    shots = draft.shots
    return Coming(len(shots), Joint(shots[0].joint), shots[0].joint_from is not None) if shots else NOBODY


NOBODY = Coming(0, Joint.CUT, follows=False)


def foreseen(board: Board, shots: Coming, spot: Spot, user: User) -> list[str]:
    """What adding these shots would mean for joints, theirs and those that are there; nothing is written."""
    if not shots.count:
        return [NOTHING_IN_IT]
    desk = lay(board, user, references=False)
    index = spot.index(desk)
    return [opening(shots, index), *(each.sentence for each in pushed(desk, index, shots.count))]


def opening(shots: Coming, index: int) -> str:
    if shots.first is Joint.CUT:
        return "The first of them opens with a cut."
    if shots.follows or not index:
        return "The first of them opens as the file says."
    return f"The first of them {SHOWS[shots.first]} shot {index}."


def pushed(desk: Desk, index: int, count: int) -> list[Consequence]:
    # They stand in for what is not there yet; nothing looks at them but the counting of places.
    newcomers = [Shot(pk=-number, board=desk.board) for number in range(1, count + 1)]
    desk.order[index:index] = newcomers
    return consequences.of(desk)
