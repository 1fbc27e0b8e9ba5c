"""Teams, boards and presses of Render for the kill tests, all made through the actions that people's clicks call.

Import it only in a process that is set up for a house's database.
"""

import time
from collections.abc import Callable
from secrets import token_urlsafe
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connections

from storyboard.boards import actions as boards
from storyboard.boards.changes import NewShot
from storyboard.boards.models import Board, Joint, Shot
from storyboard.boards.queries import sheet_of
from storyboard.connections import actions as accounts
from storyboard.connections.actions import Terms
from storyboard.connections.models import MOST_PARALLEL, Connection
from storyboard.providers.secret import Secret
from storyboard.takes.actions import runs
from storyboard.takes.models import Run
from storyboard.takes.planning import plan
from storyboard.teams.access import require
from storyboard.teams.actions.teams import create_team
from storyboard.teams.models import Role, Team, User
from tests.chaos.dialects import BASES

CEILING = 10**9
Found = TypeVar("Found")


def patiently(work: Callable[[], Found], seconds: float = 60) -> Found:
    """A person reloads the page until the database is back."""
    until = time.monotonic() + seconds
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError):
            connections.close_all()
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def studio(number: int, vendor_port: int, *, vendor: str = "ark", parallel: int = MOST_PARALLEL) -> tuple[Team, User]:
    """A team of one owner, with one account at the fake vendor."""
    user = User.objects.create_user(f"owner-{number}@example.com", None, name=f"Owner {number}")
    team = create_team(user, name=f"Studio {number}")
    account(team, user, vendor_port, vendor=vendor, parallel=parallel)
    return team, user


def account(team: Team, by: User, port: int, *, vendor: str = "ark", parallel: int = MOST_PARALLEL) -> Connection:
    key = Secret(f"chaos-{team.public_id}-{token_urlsafe(8)}")
    terms = Terms(name=vendor, parallel=parallel)
    base_url = f"http://127.0.0.1:{port}{BASES[vendor]}"
    return accounts.add(team, terms=terms, vendor=vendor, base_url=base_url, secret=key, by=by)


def chain(team: Team, by: User, *, name: str, shots: int, joint: Joint = Joint.CONTINUE) -> Board:
    """A board that is one chain. The first words of each prompt name its shot for the vendor's journal."""
    board = boards.create_board(team, name=name, by=by)
    made = [
        NewShot(prompt=f"{name} shot {at}: rain on a tin roof", joint=joint if at else Joint.CUT) for at in range(shots)
    ]
    boards.add_shots(board, shots=made, by=by)
    return board


def press(board: Board, by: User, *, shots: tuple[str, ...] = (), form_key: str = "") -> Run:
    """Look at the plan and say yes to it; without `shots` to all of the board."""
    found = Board.objects.select_related("team").get(pk=board.pk)
    chosen = shots or tuple(Shot.objects.filter(board=board, deleted_at=None).values_list("public_id", flat=True))
    agreed = plan(sheet_of(found, require(by, found.team, Role.PRODUCER)), chosen)
    wish = runs.Wish(
        shots=chosen, plan_hash=agreed.hash, ceiling_micro_usd=CEILING, form_key=form_key or token_urlsafe(12)
    )
    return runs.request(found, wish=wish, by=by)
