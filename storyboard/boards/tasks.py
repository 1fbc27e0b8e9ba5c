"""What is due for boards without anybody asking. settings.JOB_TASKS and jobs/sweeps.py name it."""

from django.utils import timezone

from storyboard.boards import actions
from storyboard.boards.models import Board
from storyboard.boards.queries import KEPT

A_TURN = 100


def tidy() -> None:
    """Remove boards whose 30 days are over, and forget who was here yesterday."""
    for board in Board.objects.filter(deleted_at__lte=timezone.now() - KEPT)[:A_TURN]:
        actions.purge_board(board)
    actions.forget_absent()
