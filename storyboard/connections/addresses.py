"""Which base URLs a connection may have. Forms and actions ask before they save one, clients before they use it.

This reads the text alone; what a name leads to when it is looked up is for the connection's transport to judge.
"""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LONGEST = 200
PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
# Names that no public server has.
PRIVATE = (".localhost", ".local", ".internal", ".lan", ".home", ".home.arpa", ".corp", ".test", ".invalid", ".onion")
NOT_AN_ADDRESS = "Write an address like https://api.example.com/v1: a host and a path, nothing else."
NOT_HTTPS = "The address must begin with https://, because your key travels with every request."
NOT_PUBLIC = (
    "This address is not on the public internet. Use the vendor’s public address, "
    "or ask whoever runs Lastframe to name the host in VENDOR_HOSTS."
)


def origin(url: str) -> str:
    """Scheme, host and port, always the same way: what a key is bound to. ValueError for no address."""
    parts = split(url)
    return f"{parts.scheme}://{host_port(parts)}"


def tidy(url: str) -> str:
    """The address as it is kept: its host in lower case, no slash at the end."""
    parts = split(url.strip())
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def split(url: str) -> SplitResult:
    """ValueError unless it is a plain web address."""
    if len(url) > LONGEST or not re.fullmatch(r"[\x21-\x7e]+", url) or "\\" in url:
        raise ValueError(NOT_AN_ADDRESS)
    parts = urlsplit(url)
    odd = parts.query or parts.fragment or "@" in parts.netloc or "?" in url or "#" in url
    if parts.scheme not in PORTS or not parts.hostname or odd or parts.port == 0:
        raise ValueError(NOT_AN_ADDRESS)
    return parts


def host_port(parts: SplitResult) -> str:
    host = str(parts.hostname).lower()
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or PORTS[parts.scheme]}"


def refusal(url: str) -> str:
    """Why this cannot be a connection's address, in a sentence for its owner; empty when it can."""
    try:
        parts = split(url)
    except ValueError:
        return NOT_AN_ADDRESS
    if host_port(parts) in settings.VENDOR_HOSTS or is_ours(url):
        return ""
    if parts.scheme != "https":
        return NOT_HTTPS
    return "" if is_public(str(parts.hostname).lower()) else NOT_PUBLIC


def is_ours(url: str) -> bool:
    """Whether it leads to this very app, where the built-in vendor lives."""
    return origin(url) == origin(settings.PUBLIC_URL)


def is_public(host: str) -> bool:
    """A name that could be public, or a public address in its usual spelling."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return not is_odd_number(host) and bool(NAME.fullmatch(host)) and not host.endswith(PRIVATE)
    return address.is_global and not address.is_multicast


def is_odd_number(host: str) -> bool:
    """0x7f.1, 2130706433, 127.1: what the C library would take for an address."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def is_reachable_from_outside() -> bool:
    """Whether a vendor could call this app back."""
    parts = urlsplit(settings.PUBLIC_URL)
    return parts.scheme == "https" and is_public(str(parts.hostname).lower())
