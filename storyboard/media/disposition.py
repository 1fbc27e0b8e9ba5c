"""How a browser is told to treat a file: shown in place, or saved. Both stores and `ranged` ask here.

The type in a file's name or upload is a stranger's word; what could carry a script is never served as what it is.
"""

from django.utils.http import content_disposition_header

ANYTHING = "application/octet-stream"
# Shown in the page when opened by themselves. A <video> or <img> plays what is sent as an attachment too.
INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "video/mp4", "audio/mpeg", "audio/wav"})
# Saved under their own type; all others are saved as bytes without meaning.
SAVED = frozenset({"video/quicktime", "video/webm", "application/pdf", "application/zip", "text/csv"})


def served_type(content_type: str) -> str:
    bare = content_type.partition(";")[0].strip().lower()
    return bare if bare in INLINE | SAVED else ANYTHING


def disposition(content_type: str, *, inline: bool, filename: str = "") -> str:
    """The Content-Disposition header, with the file's name if it has one that can be said."""
    attached = not (inline and served_type(content_type) in INLINE)
    # A name is a person's: control characters would end the header, and separators would look like a folder.
    name = "".join("_" if letter in '/\\"' else letter for letter in filename if letter.isprintable()).strip()
    return content_disposition_header(attached, name[:150]) or "inline"
