"""What may come in: the formats that are taken, what browsers call them, and how large each may be.

Announced types decide only whether it is worth sending; what a file is, its bytes say (examine.py).
"""

from django.template.defaultfilters import filesizeformat

from storyboard.errors import DomainError
from storyboard.media.models import Kind

MB = 1024 * 1024
# By the name that the checks give a format.
CONTENT_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
}
# The same by other names; for a file without a type, its ending stands in.
ALIASES = {
    "image/jpg": "jpeg",
    "image/pjpeg": "jpeg",
    "video/x-m4v": "mp4",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
    "audio/mp3": "mp3",
    "audio/x-mp3": "mp3",
    "jpg": "jpeg",
    "m4v": "mp4",
    "qt": "mov",
    "wave": "wav",
}
# A board with its media; settings.UPLOAD_TASKS says who looks at it.
ARCHIVE = "application/zip"
KINDS = {"image": Kind.IMAGE, "video": Kind.VIDEO, "audio": Kind.AUDIO}
MOST_BYTES = {Kind.IMAGE: 64 * MB, Kind.VIDEO: 1024 * MB, Kind.AUDIO: 256 * MB}
LARGEST = max(MOST_BYTES.values())
ACCEPT = ",".join(CONTENT_TYPES.values())
TAKEN = "Pictures are taken as PNG, JPEG or WebP, clips as MP4, MOV or WebM, sounds as WAV or MP3."


def announced(name: str, content_type: str, size: int) -> str:
    """The content type to send it with; DomainError, in words, when it need not be sent at all."""
    bare = content_type.partition(";")[0].strip().lower()
    ending = name.rpartition(".")[2].lower()
    known = {content_type: name for name, content_type in CONTENT_TYPES.items()} | ALIASES
    found = known.get(bare) or (known.get(ending, ending) if not bare else "")
    if found not in CONTENT_TYPES:
        raise DomainError(f"This kind of file is not taken. {TAKEN}")
    chosen = CONTENT_TYPES[found]
    check_size(kind_of(chosen), size)
    return chosen


def check_size(kind: Kind, size: int) -> None:
    if size <= 0:
        raise DomainError("The file is empty. Export it again and try once more.")
    if size > MOST_BYTES[kind]:
        most = filesizeformat(MOST_BYTES[kind])
        raise DomainError(
            f"It has {filesizeformat(size)}, and {most} are the most for {singular(kind)}. Make it smaller."
        )


def singular(kind: Kind) -> str:
    return {Kind.IMAGE: "a picture", Kind.VIDEO: "a clip", Kind.AUDIO: "a sound"}[kind]


def kind_of(content_type: str) -> Kind:
    return KINDS[content_type.partition("/")[0]]
