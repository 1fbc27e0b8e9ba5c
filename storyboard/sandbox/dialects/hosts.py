"""The private places that the sandbox may name and call all the same: this app itself, and SANDBOX_MEDIA_HOSTS.

The dialects ask it where a vendor has rules about a callback's address.
"""

from urllib.parse import urlsplit

from django.conf import settings


def place(url: str) -> str:
    """host:port, as the rules of EvoLink write it; nothing for an address that cannot be read."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port}"
    except ValueError:
        return ""


def named() -> frozenset[str]:
    return settings.SANDBOX_MEDIA_HOSTS | {place(settings.PUBLIC_URL)}


def is_named(url: str) -> bool:
    return place(url) in named()
