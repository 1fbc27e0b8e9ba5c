"""How views load what their address names: the board in that team, a shot or a scene of that board, and who may."""

from django.db.models import QuerySet

from storyboard.boards import queries
from storyboard.boards.models import Board, Scene, Shot
from storyboard.boards.queries import Sheet
from storyboard.connections.queries import usable
from storyboard.errors import Missing
from storyboard.teams.decorators import SignedInRequest, wants_fragment
from storyboard.teams.models import Membership, Role


def board_in(request: SignedInRequest, team_id: str, board_id: str, role: Role = Role.EDITOR) -> Board:
    return queries.board_for(request.user, team_id, board_id, role)


def sheet_in(request: SignedInRequest, team_id: str, board_id: str, role: Role = Role.VIEWER) -> Sheet:
    return queries.sheet_for(request.user, team_id, board_id, role)


def shot_in(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> Shot:
    return queries.shot_for(request.user, team_id, board_id, shot_id, Role.EDITOR)


def scene_in(request: SignedInRequest, team_id: str, board_id: str, scene_id: str) -> Scene:
    return queries.scene_for(request.user, team_id, board_id, scene_id, Role.EDITOR)


def shot_alone(request: SignedInRequest, team_id: str, board_id: str, shot_id: str) -> Sheet | None:
    """A sheet with only this shot on it, for its card and its inspector: as quick on a board of a thousand shots.

    None when it was deleted while its card was on somebody's page: then the strip that follows says so.
    """
    board, own = queries.board_and_own(request.user, team_id, board_id, Role.VIEWER)
    shot = shots_with(board.pk, shot_id).select_related("scene").first()
    if shot is None:
        if wants_fragment(request):
            return None
        raise Missing(queries.GONE_SHOT)
    shot.board = board
    return sheet_with(shot, own)


def shot_for_all(board: int, shot_id: str) -> Sheet | None:
    """The same whoever looks, read as one who may do least; who asks was let in, and adds what they may do."""
    shot = shots_with(board, shot_id).select_related("board__team").first()
    return sheet_with(shot, Membership(team=shot.board.team, role=Role.VIEWER)) if shot else None


def shots_with(board: int, shot_id: str) -> QuerySet[Shot]:
    rows = Shot.objects.filter(board=board, public_id=shot_id, deleted_at=None)
    return rows.select_related("joint_from", "landing__file").prefetch_related(queries.REFERENCES)


def sheet_with(shot: Shot, own: Membership) -> Sheet:
    return Sheet(shot.board, own, [shot], [], {one.public_id: one for one in usable(shot.board.team)})
