"""Which models a kept file suits, for the library's pages; checks.py knows, this asks it about a row."""

from functools import lru_cache

from storyboard.media.checks import Fit, fits
from storyboard.media.models import File
from storyboard.providers import catalog
from storyboard.providers.base import Kind, Media


def media_of(file: File) -> Media:
    """The row's facts in the providers' words."""
    return Media(
        kind=Kind(file.kind),
        seconds=file.seconds,
        width=file.width,
        height=file.height,
        fps=file.fps,
        size=file.size,
        format=file.format,
    )


@lru_cache(maxsize=4096)
def opinions(media: Media) -> tuple[Fit, ...]:
    """Kept: a page of cards asks the same again with each visit, and the catalog changes with the program only."""
    return tuple(fits(media))


def shut_out(file: File) -> str:
    """What the first vendor says of which no model takes it as it is; empty when each has one."""
    found = opinions(media_of(file))
    open_to_it = {fit.vendor for fit in found if fit.takes}
    return next((fit.sentence for fit in found if fit.vendor not in open_to_it), "")


def by_vendor(file: File) -> list[tuple[str, str, Fit]]:
    """Each opinion with its vendor's name and its models' names, those that take it first."""
    vendors = {row.vendor.id: row.vendor.label for row in catalog.rows()}
    models = {(row.vendor.id, model.id): model.label for row in catalog.rows() for model in row.models}
    told = sorted(opinions(media_of(file)), key=lambda fit: (not fit.takes, vendors[fit.vendor]))
    return [(vendors[fit.vendor], ", ".join(models[fit.vendor, model] for model in fit.models), fit) for fit in told]
