"""The private places that may be called back all the same, written as the vendors' rules compare them.

The dialects ask it where a vendor has rules about a callback's address.
"""

from urllib.parse import urlsplit

from storyboard.sandbox import reach

# They go without saying in an address; what is left is None.
USUAL_PORTS = ("80", "443")


def place(url: str) -> str:
    """host:port, as EvoLink's rules write it; nothing for an address that cannot be read."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port}"
    except ValueError:
        return ""


def named() -> frozenset[str]:
    """This app itself, and SANDBOX_MEDIA_HOSTS."""
    split = [entry.translate({ord("["): None, ord("]"): None}).rpartition(":") for entry in reach.hosts()]
    unsaid = {f"{host}:None" for host, _, port in split if port in USUAL_PORTS}
    return frozenset({f"{host}:{port}" for host, _, port in split} | unsaid)


def is_named(url: str) -> bool:
    return place(url) in named()
