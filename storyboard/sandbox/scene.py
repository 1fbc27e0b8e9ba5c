"""From a vendor's request body to a clip: what it opens on and ends on, what is seen in it, where its sound goes on.

tasks.render calls `paint`. It knows no state: the same task painted again gives the same files.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from PIL import Image

from storyboard.providers.rules import is_asset
from storyboard.rendering import animatic
from storyboard.rendering.probe import Unreadable
from storyboard.sandbox import faults, queries
from storyboard.sandbox.dialects import Order, dialect
from storyboard.sandbox.inputs import IN, WORK
from storyboard.sandbox.models import Task
from storyboard.sandbox.queries import CLIP, FRAME


@dataclass(frozen=True, slots=True)
class Painted:
    """What the row must remember of a clip so that the next shot can go on from it."""

    digest: str
    sound_from: int


def paint(task: Task) -> Painted:
    """Make the clip beside the place where it belongs, then put it there whole."""
    order = dialect(task.vendor).order(task.body, {})
    sound_from = where_in_the_film(task, order)
    work = task.folder / f"{WORK}{token_hex(4)}"
    try:
        made = animatic.render(plan(task, order, work, sound_from))
        digest = digest_of(made.last_frame)
        if order.wants_last_frame and "no-last-frame" not in task.faults:
            made.last_frame.replace(task.folder / FRAME)
        made.video.replace(task.folder / CLIP)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Painted(digest, sound_from)


def plan(task: Task, order: Order, work: Path, sound_from: int) -> animatic.Plan:
    seen = [url for url in (order.opening, order.landing, *order.references) if url and not is_asset(url)]
    if any(came(task, url) is None for url in seen):
        raise Unreadable("A picture or clip that this task was asked with could not be read.")
    references = (came(task, url) for url in order.references)
    return animatic.Plan(
        prompt=faults.without(order.prompt),
        width=even(task.width),
        height=even(task.height),
        seconds=task.seconds,
        folder=work,
        seed=task.seed,
        opening=came(task, order.opening),
        landing=came(task, order.landing),
        references=tuple(path for path in references if path),
        audio=order.audio,
        sound_from=sound_from,
    )


def came(task: Task, url: str) -> Path | None:
    """The file that was fetched for this address; an asset:// has none."""
    name = task.inputs.get(url)
    return task.folder / IN / name if name else None


def even(pixels: int) -> int:
    """H.264 halves the colours each way."""
    return max(2, pixels - pixels % 2)


def where_in_the_film(task: Task, order: Order) -> int:
    """Where the shot begins whose last frame this one opens on, plus its length; a first shot begins at 0."""
    opening = came(task, order.opening)
    before = queries.before(task, digest_of(opening)) if opening else None
    return before.sound_from + before.seconds if before else 0


def digest_of(path: Path) -> str:
    """Of the pixels: the same picture may be packed in another way when it comes back."""
    picture: Image.Image = animatic.still(path)
    return hashlib.sha256(f"{picture.size} ".encode() + picture.tobytes()).hexdigest()
