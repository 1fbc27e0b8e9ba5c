"""Which models can take a file, and in words why the others cannot. Rejections and the library's cards ask it.

Pure: facts in, sentences out, from the catalog's rows. What is said is “18 s; reAPI takes 2 to 15 s each …”.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from storyboard.providers import catalog
from storyboard.providers.base import Kind, Media
from storyboard.providers.catalog import MediaLimits
from storyboard.providers.rules import area, aspect, misfits
from storyboard.rendering.probe import Facts

MB = 1024 * 1024
NAMES = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "webm": "WebM", "bmp": "BMP", "tiff": "TIFF", "gif": "GIF"}
TOTAL = "seconds together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What one vendor makes of a file, for those of its models that see it alike."""

    vendor: str
    models: tuple[str, ...]
    takes: bool
    sentence: str


def media_of(facts: Facts) -> Media:
    """The probe's facts in the providers' words."""
    return Media(
        kind=Kind(facts.kind.value),
        seconds=facts.seconds,
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        size=facts.size,
        format=facts.format,
    )


def fits(media: Media) -> list[Fit]:
    """One row for each vendor and opinion. Models that take no files of this kind at all are left out."""
    found: dict[tuple[str, bool, str], list[str]] = {}
    for row in catalog.rows():
        for model in row.models:
            limits = model.limits.get(media.kind)
            if limits and limits.count:
                takes, sentence = opinion(row.vendor.label, media, limits)
                found.setdefault((row.vendor.id, takes, sentence), []).append(model.id)
    return [
        Fit(vendor=vendor, models=tuple(models), takes=takes, sentence=sentence)
        for (vendor, takes, sentence), models in found.items()
    ]


def is_of_use(media: Media) -> bool:
    """Whether any model takes it as it is."""
    return any(fit.takes for fit in fits(media))


def opinion(label: str, media: Media, limits: MediaLimits) -> tuple[bool, str]:
    broken = misfits(media, limits)
    if "seconds" not in broken and is_too_long_alone(media, limits):
        broken.append(TOTAL)
    if broken:
        has = ", ".join(HAS[name](media) for name in broken)
        return False, f"{has}; {label} takes {', '.join(WANTED[name](limits) for name in broken)}."
    if media.seconds is not None and (limits.seconds_each or limits.seconds_total):
        return True, f"{seconds(media)}; {label} takes {lengths(limits)}."
    return True, f"{label} takes it as it is."


def is_too_long_alone(media: Media, limits: MediaLimits) -> bool:
    """Longer than all may be together. Too short for that is no fault: another file may stand beside it."""
    if media.seconds is None or limits.seconds_total is None:
        return False
    most = limits.seconds_total[1]
    return media.seconds >= most if limits.open_total else media.seconds > most


def lengths(limits: MediaLimits) -> str:
    return " and ".join([*each(limits), *together(limits)])


def each(limits: MediaLimits) -> Iterator[str]:
    if limits.seconds_each:
        low, high = limits.seconds_each
        yield f"{low:f} to {high:f} s each"


def together(limits: MediaLimits) -> Iterator[str]:
    if not limits.seconds_total:
        return
    low, high = limits.seconds_total
    if limits.open_total:
        yield f"more than {low:f} and less than {high:f} s together"
    else:
        yield f"{low:f} to {high:f} s together" if low else f"{high:f} s together"


def seconds(media: Media) -> str:
    """Never rounded onto a limit that it breaks: 15.04 s are not 15 s."""
    return f"{(media.seconds or Decimal(0)).normalize():f} s"


def size(count: int, rounding: str = ROUND_CEILING) -> str:
    """Upwards, and a limit downwards: a file that is one byte too large must not read like one that fits."""
    return f"{(Decimal(count) / MB).quantize(Decimal('0.1'), rounding).normalize():f} MB"


def format_name(name: str) -> str:
    return NAMES.get(name, name.upper())


def one_of(names: tuple[str, ...]) -> str:
    *most, last = map(format_name, names)
    return f"{', '.join(most)} or {last}" if most else last


def bounds(pair: tuple[Decimal | int, Decimal | int] | None, unit: str) -> str:
    low, high = pair or (0, 0)
    return f"{low} to {high} {unit}".rstrip()


def wideness(media: Media) -> str:
    times = (aspect(media) or Decimal(0)).quantize(Decimal("0.0001")).normalize()
    return f"{times:f} times as wide as high"


def pixels_of(limits: MediaLimits) -> str:
    low, high = limits.pixels or (0, 0)
    return f"{low:,} to {high:,} pixels"


HAS: dict[str, Callable[[Media], str]] = {
    "format": lambda media: format_name(media.format),
    "bytes": lambda media: size(media.size or 0),
    "seconds": seconds,
    TOTAL: seconds,
    "side": lambda media: f"{media.width} × {media.height}",
    "pixels": lambda media: f"{area(media) or 0:,} pixels",
    "aspect": wideness,
    "fps": lambda media: f"{(media.fps or Decimal(0)).normalize():f} pictures a second",
}
WANTED: dict[str, Callable[[MediaLimits], str]] = {
    "format": lambda limits: one_of(limits.formats),
    "bytes": lambda limits: f"up to {size(limits.bytes or 0, ROUND_FLOOR)}",
    "seconds": lengths,
    TOTAL: lengths,
    "side": lambda limits: bounds(limits.side, "px a side"),
    "pixels": pixels_of,
    "aspect": lambda limits: bounds(limits.aspect, "times"),
    "fps": lambda limits: bounds(limits.fps, "a second"),
}
