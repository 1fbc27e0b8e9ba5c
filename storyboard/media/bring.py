"""Bring a file of this machine into a library: the way of an upload, with all its checks, without a browser.

Management commands call it. A worker may look at the same file at the same time; one of the two takes it in.
"""

from pathlib import Path

from storyboard.errors import DomainError
from storyboard.media import actions, tasks
from storyboard.media.actions.uploads import Announced
from storyboard.media.models import Reference
from storyboard.media.storage import store
from storyboard.teams.models import Team, User


def bring(team: Team, path: Path, *, by: User) -> Reference:
    """The library's entry of these bytes, new or not; DomainError, with the file's name, when they are not taken."""
    (upload,) = actions.start(team, files=[Announced(path.name, "", path.stat().st_size)], by=by)
    if isinstance(upload, str):
        raise DomainError(f"{path.name}: {upload}")
    try:
        store().put(upload.key, path, upload.content_type)
    except BaseException:
        actions.cancel(upload, by=by)
        raise
    actions.arrived(upload, by=by)
    tasks.check(upload.pk)
    upload.refresh_from_db()
    if upload.reference is None:
        raise DomainError(f"{path.name}: {upload.sentence or 'It was taken away again while it was looked at.'}")
    return upload.reference
