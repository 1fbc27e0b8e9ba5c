"""Facts about a request body and its media that several vendors' rules ask for; the words and codes are each vendor's.

Each vendor's `problems(body, media)` uses these, in the order its documentation gives.
"""

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import urlsplit

from storyboard.providers.base import Body, Kind, Media, Probed
from storyboard.providers.catalog import MediaLimits


def strings(body: Body, name: str) -> list[str]:
    """The field as a list of texts; anything else in it is left out."""
    value = body.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def objects(body: Body, name: str) -> list[dict[str, object]]:
    value = body.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_whole(value: object) -> bool:
    """A JSON integer: true is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_data(url: str) -> bool:
    return url.strip().lower().startswith("data:")


def is_asset(url: str) -> bool:
    return url.startswith("asset://")


def is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def unread(urls: Iterable[str], media: Probed, kind: Kind) -> str:
    """The first URL that was probed and could not be read as what it should be."""
    return next((url for url in urls if url in media and ((found := media[url]) is None or found.kind is not kind)), "")


def no_length(found: Media | None) -> bool:
    """A clip that was probed and could not be read, or is none."""
    return found is None or found.kind is not Kind.VIDEO or found.seconds is None


def known(urls: Iterable[str], media: Probed) -> list[Media]:
    return [found for url in urls if (found := media.get(url)) is not None]


def total_seconds(urls: Iterable[str], media: Probed) -> Decimal:
    """The seconds of all that were probed."""
    return sum((found.seconds for found in known(urls, media) if found.seconds is not None), Decimal(0))


def misfit(media: Media, limits: MediaLimits) -> str:
    """The first limit that a file breaks; nothing when it fits."""
    return next(iter(misfits(media, limits)), "")


def misfits(media: Media, limits: MediaLimits) -> list[str]:
    """Every limit that a file breaks, of format, bytes, seconds, side, pixels, aspect, fps."""
    checks = {
        "format": bool(limits.formats) and bool(media.format) and media.format not in limits.formats,
        "bytes": limits.bytes is not None and media.size is not None and media.size > limits.bytes,
        "seconds": outside(media.seconds, limits.seconds_each),
        "side": outside(media.width, limits.side) or outside(media.height, limits.side),
        "pixels": outside(area(media), limits.pixels),
        "aspect": outside(aspect(media), limits.aspect),
        "fps": outside(media.fps, limits.fps),
    }
    return [name for name, broken in checks.items() if broken]


def outside(value: Decimal | int | None, bounds: tuple[Decimal | int, Decimal | int] | None) -> bool:
    return value is not None and bounds is not None and not bounds[0] <= value <= bounds[1]


def area(media: Media) -> int | None:
    return media.width * media.height if media.width and media.height else None


def aspect(media: Media) -> Decimal | None:
    return Decimal(media.width) / media.height if media.width and media.height else None
