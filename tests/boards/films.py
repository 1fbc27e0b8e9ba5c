"""Boards for tests, made the way people make them, and short words for what they do to them."""

from collections.abc import Sequence
from decimal import Decimal

from storyboard.boards import actions
from storyboard.boards.changes import NewShot
from storyboard.boards.models import Board, Joint, Shot
from storyboard.connections.models import Connection
from storyboard.media.models import File, Kind, Reference
from storyboard.providers import catalog
from storyboard.teams.models import Team, User

PROMPT = "{}: waves break on a basalt cliff at dusk, slow push in."


def film(team: Team, by: User, prompts: Sequence[str] = "abc", *, joint: Joint = Joint.CUT) -> Board:
    """A board with a shot for each prompt; every shot but the first opens as `joint` says."""
    board = actions.create_board(team, name=f"Film {Board.objects.count()}", by=by)
    if prompts:
        shots = [NewShot(prompt=prompt, joint=joint if at else Joint.CUT) for at, prompt in enumerate(prompts)]
        actions.add_shots(board, shots=shots, by=by)
    return board


def shots_of(board: Board) -> list[Shot]:
    return list(Shot.objects.filter(board=board, deleted_at=None).order_by("position"))


def prompts_of(board: Board) -> str:
    return "".join(shot.prompt for shot in shots_of(board))


def ids(board: Board, letters: Sequence[str]) -> list[str]:
    """The public ids of the shots with these prompts, of one letter mostly."""
    found = {shot.prompt: shot.public_id for shot in shots_of(board)}
    return [found[letter] for letter in letters]


def shot(board: Board, letter: str) -> Shot:
    return Shot.objects.select_related("board__team").get(board=board, prompt=letter, deleted_at=None)


def joints_of(board: Board) -> list[str]:
    """Each shot's opening, as "b<a" for b that continues a."""
    rows = Shot.objects.filter(board=board, deleted_at=None).select_related("joint_from").order_by("position")
    return [
        f"{row.prompt}<{row.joint_from.prompt if row.joint_from else '?'}" for row in rows if row.joint != Joint.CUT
    ]


def picture(team: Team, name: str = "face", kind: Kind = Kind.IMAGE, seconds: int | None = None) -> Reference:
    """An entry of the library; its bytes are of no interest here."""
    file = File.objects.create(
        team=team,
        sha256=f"{name:0>64}",
        key=f"files/{team.pk}/{name}",
        size=1000,
        stored=1000,
        content_type="image/png",
        kind=kind,
        format="mp4" if kind == Kind.VIDEO else "png",
        width=1280,
        height=720,
        seconds=Decimal(seconds) if seconds else None,
        fps=Decimal(24) if seconds else None,
        origin="upload",
    )
    return Reference.objects.create(team=team, file=file, kind=kind, name=name)


def account(team: Team, vendor: str = "reapi", *, name: str = "", parallel: int = 3) -> Connection:
    """A connection without a key: nothing here sends anything."""
    return Connection.objects.create(
        team=team, name=name or vendor, vendor=vendor, base_url=base_url(vendor), parallel=parallel
    )


def base_url(vendor: str) -> str:
    return catalog.vendor(vendor).base_url
