"""What all four dialects need to read an order and to word a task: sizes, prices without a rate, links, progress.

Only the vendors' files in this folder use it.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from storyboard.providers import pixels
from storyboard.providers.base import Body, Probed, Problem, TaskState
from storyboard.providers.catalog import RATIOS, Model
from storyboard.providers.rules import known, total_seconds
from storyboard.sandbox.dialects import Charge, Order
from storyboard.sandbox.models import Task

ADAPTIVE, WIDE = "adaptive", "16:9"
# Micro-dollars a second, clips that go in counted, where nobody publishes a rate: $0.10.
UNKNOWN_RATE = 100_000
SEEDS = 2**32
# It may look done, but it is not: 100 is for the end.
MOST = 99


def said(body: Body) -> Body:
    """What is null or empty counts as left out, with every vendor."""
    return {name: value for name, value in body.items() if value not in (None, "", [])}


def seed(body: Body) -> int | None:
    """Any whole number is taken; nothing, or Ark’s -1, leaves it to us."""
    found = body.get("seed")
    return None if found in (None, -1) else int(str(found)) % SEEDS


def settled(order: Order, media: Probed) -> Order:
    """With its pixels. An adaptive ratio is the one nearest to what opens the clip, a video, or a picture, in turn."""
    ratio = order.ratio
    if ratio == ADAPTIVE:
        looks = known([order.opening, *order.videos, *order.pictures], media)
        shapes = [found.width / found.height for found in looks if found.width and found.height]
        ratio = nearest(shapes[0]) if shapes else WIDE
    width, height = size(order.model, ratio, order.resolution)
    return replace(order, ratio=ratio, width=width, height=height)


def nearest(shape: float) -> str:
    names = [name for name in RATIOS if name != ADAPTIVE]
    return min(names, key=lambda name: abs(math.log(shape / shape_of(name))))


def shape_of(ratio: str) -> float:
    wide, high = ratio.split(":")
    return int(wide) / int(high)


def size(model: Model, ratio: str, resolution: str) -> tuple[int, int]:
    """The model's own; nobody states one for 4k, which is taken as twice 1080p each way. All numbers are even."""
    if found := model.pixels.get((ratio, resolution)):
        return found
    width, height = pixels.table(("1080p",))[ratio, "1080p"]
    return 2 * width, 2 * height


def ratio_of(task: Task, order: Order) -> str:
    """The ratio that an order was settled to."""
    fitting = (name for name in RATIOS[:-1] if size(order.model, name, order.resolution) == (task.width, task.height))
    return next(fitting, WIDE)


def unrated(order: Order, media: Probed) -> Charge:
    seconds = order.seconds + total_seconds(order.videos, media)
    price = int((UNKNOWN_RATE * Decimal(seconds)).to_integral_value(ROUND_CEILING))
    return Charge(reserved=price, price=price)


def no(status: int, code: str, message: str, field: str = "") -> Problem:
    """A refusal in the vendor's words; ours are in none of them."""
    return Problem(field=field, sentence=message, code=code, status=status, message=message)


def failure(failures: Mapping[str, str], wanted: str) -> tuple[str, str]:
    """The code that was asked for, with the vendor's message where it is one of its own."""
    code = wanted or next(iter(failures))
    return code[:80], failures.get(code, "The sandbox was asked to fail with this code.")


def video_link(task: Task) -> str:
    return f"{task.origin}/sandbox/files/{task.token}/0.mp4"


def frame_link(task: Task, order: Order) -> str:
    """Only when it was asked for."""
    given = order.wants_last_frame and "no-last-frame" not in task.faults
    return f"{task.origin}/sandbox/files/{task.token}/0.png" if given else ""


def stamp(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def estimate(task: Task) -> int:
    """Whole seconds that it will take."""
    return max(1, round((task.due_at - task.created_at).total_seconds()))


def progress(task: Task, now: datetime) -> int:
    """In percent of the time it takes; never 100 before the end."""
    if task.state == TaskState.SUCCEEDED:
        return 100
    if task.state != TaskState.RUNNING:
        return 0
    began = task.started_at or task.created_at
    whole = max((task.due_at - began).total_seconds(), 1)
    return max(1, min(MOST, int(100 * (now - began).total_seconds() / whole)))
