"""A seal says that we painted a picture: whoever brings the same bytes again, in a board's ZIP, keeps them as they are.

Exports write seals and imports ask for them. It vouches for bytes by their SHA-256, and nobody else can make one.
"""

from django.core.signing import BadSignature, Signer

from storyboard.media.models import File, Kind

SALT = "storyboard.media.painted"


def seal(file: File) -> str:
    """Only pictures are painted; other files are kept as they come and need none."""
    return Signer(salt=SALT).signature(file.sha256) if file.kind == Kind.IMAGE else ""


def is_sealed(sha256: str, seal: str) -> bool:
    try:
        Signer(salt=SALT).unsign(f"{sha256}:{seal}")
    except BadSignature:
        return False
    return True
