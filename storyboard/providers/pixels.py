"""The pixel size of a clip by ratio and resolution. EvoLink's table; the others, which state none, borrow it.

480p and 720p are from EvoLink’s reference-to-video page, 1080p from its newer ones. None has a row for 4k.
"""

from collections.abc import Mapping

Size = tuple[int, int]

WIDE = {
    "480p": {"16:9": (864, 496), "4:3": (752, 560), "1:1": (640, 640), "21:9": (992, 432)},
    "720p": {"16:9": (1280, 720), "4:3": (1112, 834), "1:1": (960, 960), "21:9": (1470, 630)},
    "1080p": {"16:9": (1920, 1080), "4:3": (1664, 1248), "1:1": (1440, 1440), "21:9": (2206, 946)},
}
TURNED = {"9:16": "16:9", "3:4": "4:3"}


def table(resolutions: tuple[str, ...]) -> Mapping[tuple[str, str], Size]:
    """(ratio, resolution) -> (width, height) for the resolutions that a model has."""
    sizes = {(ratio, name): size for name in resolutions for ratio, size in WIDE.get(name, {}).items()}
    turned = {
        (tall, name): sizes[wide, name][::-1] for tall, wide in TURNED.items() for name in resolutions if name in WIDE
    }
    return sizes | turned
