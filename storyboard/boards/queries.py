"""How views load boards and what is on them; access is checked on the way, never afterwards.

sheet_for() loads all of a board in a constant number of queries, for pages, prices and checks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.db.models import Count, IntegerField, Prefetch, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string

from storyboard.boards import consequences
from storyboard.boards.asks import Ask, ask
from storyboard.boards.changes import Delete, Merge, Move, SplitByLines
from storyboard.boards.choices import STARTING
from storyboard.boards.consequences import Consequence
from storyboard.boards.desk import lay
from storyboard.boards.fields import Row, is_id, what
from storyboard.boards.models import Board, Edit, Export, Import, Presence, Scene, Shot, ShotReference, Tour
from storyboard.boards.scenes import MoveScene
from storyboard.boards.status import Status
from storyboard.connections.models import Connection
from storyboard.connections.queries import usable
from storyboard.errors import Missing
from storyboard.media.models import OPEN, File, Kind, Reference, Upload
from storyboard.media.queries import TOLD, Place
from storyboard.teams.access import Person
from storyboard.teams.models import Membership, Role, Team, User
from storyboard.teams.queries import membership_for

# How long a deleted board can be brought back, and how long somebody counts as here without a sign of life.
KEPT = timedelta(days=30)
HERE = timedelta(seconds=45)
LOOKED_BACK = 60
GONE = "This board was deleted, or is not shared with you."
GONE_SHOT = "This shot was deleted. Reload the board to see what is there."
GONE_SCENE = "This scene is not there any more. Reload the board to see what is."
REFERENCES = Prefetch("references", ShotReference.objects.select_related("reference__file"))


@dataclass(slots=True)
class Sheet:
    """A board with everything on it, read once: its shots in order know their references, files and predecessor."""

    board: Board
    own: Membership
    shots: list[Shot]
    # Those that have shots, in the order in which they come.
    scenes: list[Scene]
    # Those that may be rendered with, by public id.
    connections: dict[str, Connection]
    asked: list[Ask] | None = None
    stood: dict[int, Status] | None = None

    def asks(self) -> list[Ask]:
        """What each shot asks for, in order; worked out once."""
        if self.asked is None:
            followed = {shot.joint_from_id for shot in self.shots}
            self.asked = [ask(shot, self.connections, handed_on=shot.pk in followed) for shot in self.shots]
        return self.asked

    def statuses(self) -> dict[int, Status]:
        """What became of each shot, by key, as settings.CARD_STATES tells; asked once. A shot not in it is a draft."""
        if self.stood is None:
            self.stood = import_string(settings.CARD_STATES)(self) if settings.CARD_STATES else {}
        return self.stood

    def groups(self) -> list[tuple[Scene | None, list[Shot]]]:
        """The shots as they fold: neighbours of one scene together."""
        return [(scene, list(shots)) for scene, shots in groupby(self.shots, key=lambda shot: shot.scene)]


@dataclass(slots=True)
class Card:
    """What the team's page shows of a board."""

    board: Board
    shots: int
    seconds: int
    poster: File | None = None


def board_for(user: Person, team_id: str, board_id: str, role: Role = Role.VIEWER, *, deleted: bool = False) -> Board:
    """The board and its team, for somebody whose role reaches `role`; `deleted`: only who brings it back asks so."""
    return board_and_own(user, team_id, board_id, role, deleted=deleted)[0]


def board_and_own(
    user: Person, team_id: str, board_id: str, role: Role, *, deleted: bool = False
) -> tuple[Board, Membership]:
    own = membership_for(user, team_id, role)
    rows = Board.objects.select_related("changed_by").filter(team=own.team_id, public_id=board_id)
    rows = rows.filter(deleted_at__gt=timezone.now() - KEPT) if deleted else rows.filter(deleted_at=None)
    # The pages of imports take the id from a form, where it may be anything.
    board = rows.first() if is_id(board_id) else None
    if board is None:
        raise Missing(GONE)
    board.team = own.team
    return board, own


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who may see the board with this key, and what they may do there."""

    board: int
    role: int
    is_archived: bool

    @property
    def may_edit(self) -> bool:
        return self.role >= Role.EDITOR and not self.is_archived


def watcher_for(user: Person, team_id: str, board_id: str) -> Watcher:
    """One narrow query: whenever a board changes, all who watch it come through here, each for every part of it."""
    if not user.is_authenticated:
        raise Missing()
    own = Membership.objects.filter(user=user, team__public_id=team_id, team__deleted_at=None)
    own = own.filter(team__boards__public_id=board_id, team__boards__deleted_at=None)
    for role, key, archived_at in own.values_list("role", "team__boards", "team__boards__archived_at"):
        return Watcher(key, role, archived_at is not None)
    # Says whether it is the team or the board that is not there for them.
    board, member = board_and_own(user, team_id, board_id, Role.VIEWER)
    return Watcher(board.pk, member.role, board.archived_at is not None)


def shot_for(user: Person, team_id: str, board_id: str, shot_id: str, role: Role = Role.VIEWER) -> Shot:
    board = board_for(user, team_id, board_id, role)
    rows = Shot.objects.select_related("scene", "joint_from", "landing__file").prefetch_related(REFERENCES)
    shot = rows.filter(board=board, public_id=shot_id, deleted_at=None).first()
    if shot is None:
        raise Missing(GONE_SHOT)
    shot.board = board
    return shot


def scene_for(user: Person, team_id: str, board_id: str, scene_id: str, role: Role = Role.VIEWER) -> Scene:
    board = board_for(user, team_id, board_id, role)
    scene = Scene.objects.filter(board=board, public_id=scene_id).first()
    if scene is None:
        raise Missing(GONE_SCENE)
    scene.board = board
    return scene


def sheet_for(user: Person, team_id: str, board_id: str, role: Role = Role.VIEWER) -> Sheet:
    """Six queries, whatever its size."""
    board, own = board_and_own(user, team_id, board_id, role)
    return sheet_of(board, own)


def sheet_of(board: Board, own: Membership) -> Sheet:
    """The same for whoever was let in already."""
    rows = Shot.objects.filter(board=board, deleted_at=None).select_related("landing__file")
    shots = list(rows.prefetch_related(REFERENCES))
    by_key = {shot.pk: shot for shot in shots}
    scenes = {scene.pk: scene for scene in board.scenes.all()}
    for shot in shots:
        shot.board = board
        shot.joint_from = by_key.get(shot.joint_from_id or 0)
        shot.scene = scenes.get(shot.scene_id or 0)
    shown = [shot.scene for shot in shots if shot.scene]
    connections = {one.public_id: one for one in usable(board.team)}
    return Sheet(board, own, shots, list(dict.fromkeys(shown)), connections)


def boards_of(team: Team, *, archived: bool = False, text: str = "") -> QuerySet[Board]:
    """Boards that are not deleted, the last changed first."""
    found = Board.objects.filter(team=team, deleted_at=None, archived_at__isnull=not archived)
    for word in text.split()[:8]:
        found = found.filter(name__icontains=word)
    return found.select_related("changed_by", "team").order_by("-changed_at", "-pk")


def deleted_boards_of(team: Team) -> QuerySet[Board]:
    """Those that can still be brought back, the last deleted first."""
    found = Board.objects.filter(team=team, deleted_at__gt=timezone.now() - KEPT)
    return found.select_related("changed_by", "team").order_by("-deleted_at")


def cards(boards: Iterable[Board]) -> list[Card]:
    """The same with shots, length and a picture: two more queries for all of them."""
    shown = list(boards)
    own = KeyTextTransform("seconds", "settings")
    shared = KeyTextTransform("seconds", "board__settings")
    seconds = Coalesce(Cast(own, IntegerField()), Cast(shared, IntegerField()), STARTING.seconds)
    live = Shot.objects.filter(board__in=shown, deleted_at=None).order_by()
    counted = {row["board"]: row for row in live.values("board").annotate(shots=Count("pk"), length=Sum(seconds))}
    posters = posters_of(shown)
    empty = {"shots": 0, "length": 0}
    found = [(board, counted.get(board.pk, empty)) for board in shown]
    return [Card(board, row["shots"], row["length"], posters.get(board.pk)) for board, row in found]


def posters_of(boards: list[Board]) -> dict[int, File]:
    """The first picture that any shot of a board is made with; takes know better ones."""
    pictures = ShotReference.objects.filter(shot__board__in=boards, shot__deleted_at=None)
    pictures = pictures.filter(reference__kind=Kind.IMAGE).exclude(reference__file=None)
    first: dict[int, int] = {}
    for board, file in pictures.order_by("shot__position", "position").values_list("shot__board", "reference__file"):
        first.setdefault(board, file)
    files = File.objects.select_related("team").in_bulk(set(first.values()))
    return {board: files[file] for board, file in first.items()}


@dataclass(frozen=True, slots=True)
class EditState:
    """What the buttons say; empty when there is nothing to undo or to do again."""

    undo: str = ""
    redo: str = ""


def edit_state(board: Board, user: Person) -> EditState:
    if not user.is_authenticated:
        return EditState()
    last, following = last_step(board, user), next_step(board, user)
    return EditState(last.label if last else "", following.label if following else "")


def last_step(board: Board, user: User) -> Edit | None:
    return Edit.objects.filter(board=board, by=user, undone_at=None).order_by("-pk").first()


def next_step(board: Board, user: User) -> Edit | None:
    return Edit.objects.filter(board=board, by=user).exclude(undone_at=None).order_by("pk").first()


def author_of(board: Board, row: Row, field: str) -> User | None:
    """Who last saved this field, as far as the last steps tell."""
    steps = Edit.objects.filter(board=board, undone_at=None).select_related("by").order_by("-pk")[:LOOKED_BACK]
    for step in steps:
        for change in step.changes:
            same = change["what"] == what(row) and change["id"] == row.pk
            if same and (field in change["after"] or field in (change["before"] or {})):
                return step.by
    return None


def present(board: Board) -> QuerySet[Presence]:
    """Who has the board open, in the order in which they first came."""
    here = Presence.objects.filter(board=board, seen_at__gt=timezone.now() - HERE)
    return here.select_related("user", "shot").order_by("pk")


def consequences_of(
    board: Board, change: Delete | Move | Merge | MoveScene | SplitByLines, user: User
) -> list[Consequence]:
    """What this would do to joints; nothing is written."""
    desk = lay(board, user)
    desk.dry = True
    change.apply(desk)
    desk.loosen()
    return consequences.of(desk)


def media_of(board: Board) -> dict[str, File]:
    """The files of the references that its shots use, by SHA-256."""
    used = Q(references__shots__shot__board=board, references__shots__shot__deleted_at=None)
    landed = Q(references__landed_on__board=board, references__landed_on__deleted_at=None)
    files = File.objects.filter(team=board.team_id)
    return {file.sha256: file for file in (files.filter(used) | files.filter(landed)).distinct()}


def export_of(board: Board) -> Export | None:
    """The newest ZIP of it that is being made, can be fetched, or went wrong."""
    rows = Export.objects.filter(board=board).exclude(state=Export.State.GONE).order_by("-pk")
    return rows.exclude(state=Export.State.READY, expires_at__lte=timezone.now()).first()


def export_for(user: Person, team_id: str, board_id: str, export_id: str) -> Export:
    """One that can be fetched."""
    rows = Export.objects.filter(board=board_for(user, team_id, board_id), public_id=export_id)
    found = rows.filter(state=Export.State.READY, expires_at__gt=timezone.now()).first()
    if found is None:
        raise Missing("This ZIP is not there any more. Make it again on the board’s export page.")
    return found


def imports_of(team: Team, user: User) -> QuerySet[Import]:
    """The person’s ZIPs that are on their way or ended today, the newest first."""
    recent = Q(upload__changed_at__gt=timezone.now() - TOLD) & ~Q(upload__state=Upload.State.CANCELLED)
    rows = Import.objects.filter(upload__team=team, upload__by=user).filter(Q(upload__state__in=OPEN) | recent)
    return rows.select_related("upload", "board", "into").order_by("-pk")[:12]


def import_for(user: Person, team_id: str, upload_id: str) -> Import:
    team = membership_for(user, team_id, Role.EDITOR).team
    rows = Import.objects.select_related("upload__team", "upload__by", "into")
    found = rows.filter(upload__team=team, upload__public_id=upload_id).first()
    if found is None:
        raise Missing("This import is over. Choose the ZIP again to start afresh.")
    return found


def uses_of(references: Iterable[Reference]) -> dict[int, list[Place]]:
    """Where references are used: the shots of boards that are not deleted. Named in settings.REFERENCE_USES."""
    keys = [reference.pk for reference in references]
    found: dict[int, list[Place]] = {}
    beside = Q(references__reference__in=keys) | Q(landing__in=keys)
    shots = (
        Shot.objects.filter(beside, deleted_at=None, board__deleted_at=None).distinct().select_related("board__team")
    )
    wanted = set(keys)
    for shot in shots.order_by("board__name", "position"):
        label = f"{shot.board.name}, shot {shot.position}"
        for key in {row.reference_id for row in shot.references.all()} | {shot.landing_id}:
            if key in wanted and key is not None:
                found.setdefault(key, []).append((label, address_of(shot)))
    return found


def tour_on(board: Board, user: User) -> Tour | None:
    """The tour that this person takes, if it is here."""
    return Tour.objects.filter(user=user, board=board).first()


def address_of(shot: Shot) -> str:
    return f"{address_of_board(shot.board)}?shot={shot.public_id}"


def address_of_board(board: Board) -> str:
    return f"/teams/{board.team.public_id}/boards/{board.public_id}/"


def in_painting() -> QuerySet[Board]:
    """Samples whose pictures are still on their way."""
    return Board.objects.exclude(painting=None)
