"""Where somebody is in the tour of a board: begun, gone on with, and over. Nobody else sees anything of it."""

from django.db import transaction

from storyboard.boards.models import Board, Tour
from storyboard.teams.models import User


@transaction.atomic(durable=True)
def show_tour(board: Board, *, step: int, by: User) -> Tour:
    """Go to this step, on this board; there is one tour a person."""
    found, _ = Tour.objects.update_or_create(user=by, defaults={"board": board, "step": step})
    return found


@transaction.atomic(durable=True)
def end_tour(*, by: User) -> None:
    Tour.objects.filter(user=by).delete()
