"""Paint the pictures of a sample and keep them: the job `paint_sample` calls it, as often as it takes.

The same picture is the same bytes, so a job that was killed half way leaves nothing that the next one makes twice.
"""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.utils import timezone

from storyboard.boards.actions.sample import PICTURES
from storyboard.boards.models import Board
from storyboard.connections.queries import usable
from storyboard.media.keep import keep
from storyboard.media.models import File, Origin
from storyboard.teams.models import Team

# A new team's jobs make its first connection within this, where there is one to make.
NEW = timedelta(seconds=30)


def kept(team: Team) -> dict[str, File]:
    """Each picture's file, by what the painter calls it."""
    # The painter needs NumPy, which nobody else who loads this does.
    from storyboard.rendering import keeper

    found = {}
    with TemporaryDirectory(prefix="lastframe-") as folder:
        for name in PICTURES:
            path = keeper.painted(name, Path(folder) / f"{name}.png")
            found[name] = keep(team, path, origin=Origin.UPLOAD, painted=True)
    return found


def is_too_early(board: Board) -> bool:
    """The board is to be rendered as it is, and the connection to render it with is still on its way."""
    is_new = bool(settings.TEAM_CREATED) and board.team.created_at > timezone.now() - NEW
    return is_new and not usable(board.team).exists()
