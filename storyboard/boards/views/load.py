"""How views load what their address names: the board in that team, a shot or a scene of that board, and who may."""

from storyboard.boards import queries
from storyboard.boards.models import Board, Scene, Shot
from storyboard.boards.queries import Sheet
from storyboard.connections.queries import usable
from storyboard.errors import Missing
from storyboard.teams.decorators import SignedInRequest, wants_fragment
from storyboard.teams.models import Role


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
    rows = Shot.objects.filter(board=board, public_id=shot_id, deleted_at=None)
    rows = rows.select_related("scene", "joint_from", "landing__file").prefetch_related(queries.REFERENCES)
    shot = rows.first()
    if shot is None:
        if wants_fragment(request):
            return None
        raise Missing(queries.GONE_SHOT)
    shot.board = board
    connections = {one.public_id: one for one in usable(board.team)}
    return Sheet(board, own, [shot], [], connections)
