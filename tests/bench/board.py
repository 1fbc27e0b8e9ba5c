"""`make bench-board`: how long the server takes for a board of 10, 50, 200 and 1,000 shots, and what grows with it.

On a SQLite of its own, or on the DATABASE_URL that is set; prints one table in milliseconds.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

SIZES = (10, 50, 200, 1000)
TIMES = 40
PROMPT = "Shot {}: a lighthouse on a basalt cliff at dusk, gulls crossing, slow aerial push-in, amber light. "


class Line(NamedTuple):
    what: str
    p50: float
    p95: float
    queries: int


def measured(
    what: str, work: Callable[[int], object], times: int = TIMES, clock: Callable[[], float] = time.perf_counter
) -> Line:
    """A clock of the processor's time says what the work is, whatever else the machine does meanwhile."""
    from django.db import connection, reset_queries

    took = []
    for number in range(times):
        reset_queries()
        began = clock()
        work(number)
        took.append((clock() - began) * 1000)
    took.sort()
    return Line(what, statistics.median(took), took[int(len(took) * 0.95)], len(connection.queries))


def lines(size: int) -> list[Line]:
    from django.test import Client

    from storyboard.boards import actions, judged, queries
    from storyboard.boards.changes import NewShot, Spot
    from storyboard.boards.models import Board, Joint
    from storyboard.boards.summary import summary_of
    from storyboard.boards.views.cells import drawn
    from storyboard.teams.models import Membership, Role, Team, User
    from tests.boards.films import account, shots_of

    user = User.objects.create_user(f"{size}@example.com")
    team = Team.objects.create(name=f"Of {size}")
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    account(team)
    board = actions.create_board(team, name="Film", by=user)
    new = [NewShot(prompt=PROMPT.format(at), joint=Joint.CONTINUE if at % 4 else Joint.CUT) for at in range(size)]
    actions.add_shots(board, shots=new, by=user)
    shots = shots_of(board)
    last = shots[-1]
    place = (team.public_id, board.public_id)

    browser = Client()
    browser.force_login(user)
    address = f"/teams/{team.public_id}/boards/{board.public_id}/"

    def page(number: int, below: str = "") -> None:
        assert browser.get(address + below, headers={"HX-Request": "true"} if below else {}).status_code == 200

    def first_page(number: int) -> None:
        judged.remembered.clear()
        drawn.cache_clear()
        page(number)

    def load(number: int) -> None:
        summary_of(queries.sheet_for(user, *place))

    def fresh(number: int) -> None:
        judged.remembered.clear()
        load(number)

    def save(number: int) -> None:
        actions.save_field(last, name="prompt", value=f"Words {number}, slow push in.", base_version=None, by=user)

    def move(number: int) -> None:
        to = Spot(before=shots[0].public_id) if number % 2 else Spot()
        actions.move_shots(board, ids=[last.public_id], to=to, by=user)

    def bulk(number: int) -> None:
        ids = [shot.public_id for shot in shots]
        actions.bulk_change(board, ids=ids, values={"seconds": 4 + number % 9}, by=user)

    found = [
        measured("sheet and summary, nothing remembered", fresh),
        measured("sheet and summary", load),
        measured("the page, nothing remembered", first_page),
        measured("the page", page),
        measured("the page, processor time", page, clock=time.process_time),
        measured("its strip", lambda number: page(number, "strip/")),
        measured("one card", lambda number: page(number, f"shots/{last.public_id}/card/")),
        measured("the inspector of a shot", lambda number: page(number, f"shots/{last.public_id}/")),
        measured("save one field", save),
        measured("move one shot to the other end", move),
        measured("undo that", lambda number: actions.undo(board, by=user), TIMES // 2),
        measured("change the length of all", bulk, 6),
        measured("the team’s page", lambda number: queries.cards(queries.boards_of(team))),
    ]
    Board.objects.all().delete()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storyboard.settings")
        # The web process as it is served, with what it loads and leaves alone.
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        import storyboard.asgi  # noqa: F401

        call_command("migrate", verbosity=0)
        settings.ALLOWED_HOSTS = ["testserver"]
        # Counts queries; set before a template is read it would also read each of them anew for every page.
        connection.force_debug_cursor = True
        tables = {size: lines(size) for size in SIZES}
    print(f"{'milliseconds, p50 / p95':<40}" + "".join(f"{size:>13,} shots" for size in SIZES))
    for at, line in enumerate(tables[SIZES[0]]):
        cells = [f"{tables[size][at].p50:.1f} / {tables[size][at].p95:.1f}" for size in SIZES]
        print(f"{line.what:<40}" + "".join(f"{cell:>19}" for cell in cells))
    print(f"{'queries of the page / its card / a save':<40}", end="")
    counted = [[tables[size][at].queries for at in (3, 6, 8)] for size in SIZES]
    print("".join(f"{' / '.join(map(str, each)):>19}" for each in counted))
    print(f"load average: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
