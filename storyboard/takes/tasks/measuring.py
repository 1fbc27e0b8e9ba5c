"""Look at each frame of a clip that is here, for the figures on joints and the page where its hand-off is chosen.

settings.JOB_TASKS runs measure on the media cluster and catch_up, a sweep, on the fast one. A failure harms nobody.
"""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from storyboard.errors import DomainError
from storyboard.media.examine import jailed
from storyboard.media.models import File
from storyboard.media.storage import store
from storyboard.media.storage.errors import Lost
from storyboard.rendering.looks import Look
from storyboard.takes.actions import measuring, preparing

logger = logging.getLogger(__name__)


def measure(take_id: int) -> None:
    take = measuring.begin(take_id)
    if take is None or take.clip is None:
        return
    try:
        looks = looks_of(take.clip)
    except (DomainError, OSError) as error:
        # Joints go without a figure; the sweep tries it again, a few times.
        logger.info("The clip of take %s was not measured: %s", take.pk, error)
        if isinstance(error, Lost):
            preparing.gone(take)
        return
    measuring.measured(take, looks)


def looks_of(clip: File) -> tuple[Look, ...]:
    with TemporaryDirectory(prefix="lastframe-") as folder:
        path = Path(folder) / "clip"
        store().get(clip.key, path)
        return jailed("measure", path, Path(folder)).looks


def catch_up() -> None:
    measuring.due()
