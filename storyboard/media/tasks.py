"""What the worker does for the library: begin uploads in parts, look at what arrived, empty the quarantine.

settings.JOB_TASKS names each of these; nothing else calls them. Each may run twice: the row says what is left to do.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from storyboard.media import actions
from storyboard.media.actions.arrivals import MOST_ATTEMPTS
from storyboard.media.examine import Unfit, jailed
from storyboard.media.fetch import FetchError, fetch, our_policy
from storyboard.media.keep import keep
from storyboard.media.models import Origin, Upload
from storyboard.media.storage import store
from storyboard.media.storage.errors import Lost, Unfinished

FETCH_SECONDS = 300
GAVE_UP = "This file could not be looked at, three times over. Export it again and try once more."
INCOMPLETE = "Not every part of the file arrived. Choose it again to start afresh."
ORIGINAL_GONE = "The reference to trim was deleted meanwhile. Bring it back, then trim again."


def begin(upload_id: int) -> None:
    """Tell the storage to expect the parts of a large file."""
    upload = Upload.objects.filter(pk=upload_id, state=Upload.State.WAITING, parts_id="").first()
    if upload is None:
        return
    parts_id = store().create_multipart(upload.key, upload.content_type)
    if not actions.begun(upload, parts_id=parts_id):
        store().abort_multipart(upload.key, parts_id)


def check(upload_id: int) -> None:
    """Bring the bytes here, look at them, and take or refuse them."""
    upload = actions.begin_check(upload_id)
    if upload is None:
        return
    if upload.attempts > MOST_ATTEMPTS:
        actions.refuse(upload, sentence=GAVE_UP)
        return
    try:
        with TemporaryDirectory(prefix="lastframe-") as folder:
            file = keep(upload.team, brought(upload, Path(folder)), origin=Origin(upload.origin))
    except (Unfit, FetchError, Lost, Unfinished) as error:
        actions.refuse(upload, sentence=error.message)
    else:
        actions.finish(upload, file=file)


def brought(upload: Upload, folder: Path) -> Path:
    """The bytes, read once: whatever happens to the object in quarantine after this, nobody looks at it again."""
    path = folder / "file"
    if upload.origin == Origin.IMPORT:
        fetch(upload.url, policy=our_policy(), to=path, most_bytes=upload.size, seconds=FETCH_SECONDS)
    elif upload.origin == Origin.TRIM:
        return trimmed(upload, path, folder)
    else:
        from_quarantine(upload, path)
    return path


def from_quarantine(upload: Upload, path: Path) -> None:
    if upload.in_parts and store().head(upload.key) is None:
        if not upload.parts_id:
            raise Unfit(INCOMPLETE)
        store().complete_multipart(upload.key, upload.parts_id, upload.size)
    try:
        stored = store().get(upload.key, path)
    except Lost as error:
        raise Unfit(INCOMPLETE) from error
    # Room was reserved for exactly so much.
    if stored.size != upload.size or path.stat().st_size != upload.size:
        raise Unfit(INCOMPLETE)


def trimmed(upload: Upload, path: Path, folder: Path) -> Path:
    file = upload.trims.file if upload.trims else None
    if file is None:
        raise Unfit(ORIGINAL_GONE)
    store().get(file.key, path)
    return jailed("trim", path, folder, in_ms=upload.in_ms, out_ms=upload.out_ms).files[0]


def clear(upload_id: int) -> None:
    """Remove what lies in quarantine for an upload that is over."""
    upload = Upload.objects.filter(pk=upload_id, cleared_at=None).first()
    if upload is None or upload.is_open:
        return
    if upload.parts_id:
        store().abort_multipart(upload.key, upload.parts_id)
    store().delete([upload.key])
    actions.cleared(upload)
