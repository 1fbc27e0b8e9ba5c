"""One press of Render in a process that may die of it: `python -m tests.chaos.press <board> <form>`.

A form that was sent twice is the same wish, so whoever presses again after a death makes no second run.
"""

import sys

import django

django.setup()

from storyboard.boards.models import Board  # noqa: E402
from storyboard.takes.faults import point  # noqa: E402
from storyboard.teams.models import Role  # noqa: E402
from tests.chaos.films import patiently, press  # noqa: E402


def main() -> None:
    board = Board.objects.select_related("team").get(pk=int(sys.argv[1]))
    owner = board.team.memberships.filter(role=Role.OWNER).select_related("user").get().user
    press(board, owner, form_key=sys.argv[2])
    point("after request")


patiently(main)
