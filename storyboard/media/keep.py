"""Keep a file for good: `keep(team, path, origin=…)` checks it, stores the checked bytes once, and gives its row.

Called by tasks only: for uploads, and for the clips and frames of finished takes.
"""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storyboard.media import actions, keys
from storyboard.media.examine import POSTER_TYPE, Examined, examine
from storyboard.media.models import File, Origin
from storyboard.media.queries import file_with
from storyboard.media.storage import store
from storyboard.teams.models import Team


def keep(team: Team, path: Path, *, origin: Origin, painted: bool = False) -> File:
    """The team's file of these bytes, new or not; examine.Unfit, in words, when they are not taken.

    `painted`: we made these very bytes once (see seals.py), so a picture loses nothing by being painted again.
    """
    with TemporaryDirectory(prefix="lastframe-") as folder:
        found = examine(path, Path(folder), painted=painted)
        known = file_with(team, found.sha256)
        if known and actions.touch_file(known, **learned(known, found)):
            known.refresh_from_db()
            return known
        return stored(team, found, origin)


def learned(known: File, found: Examined) -> dict[str, Any]:
    """When its picture begins and ends, of a file that was kept before that was asked."""
    if known.picture_to is not None or found.facts.picture_to is None:
        return {}
    return {name: getattr(found.facts, name) for name in ("fps", "picture_from", "picture_to", "frames")}


def stored(team: Team, found: Examined, origin: Origin) -> File:
    """Objects first, then the row: an object without a row is swept, a row without its object would be a loss."""
    objects = {"key": (found.path, found.content_type)}
    for name, path in (("small_key", found.small), ("poster_key", found.poster)):
        if path:
            objects[name] = (path, POSTER_TYPE)
    names = {name: keys.kept(team) for name in objects}
    for name, (path, content_type) in objects.items():
        store().put(names[name], path, content_type)
    size = sum(path.stat().st_size for path, _ in objects.values())
    file, new = actions.add_file(team, sha256=found.sha256, origin=origin, stored=size, **names, **columns(found))
    if not new:
        store().delete(names.values())
    return file


def columns(found: Examined) -> dict[str, Any]:
    facts = asdict(found.facts)
    return {**facts, "content_type": found.content_type, "peaks": found.peaks}
