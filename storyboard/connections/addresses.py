"""Which base URLs a connection may have. Forms and actions ask before they save one, clients before they use it.

This reads the text alone; what a name leads to when it is looked up is for the connection's transport to judge.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from storyboard.addresses import PORTS, Policy, could_be_public, target
from storyboard.providers.catalog import Vendor

LONGEST = 200
NOT_AN_ADDRESS = "Write an address like https://api.example.com/v1: a host and a path, nothing else."
NOT_HTTPS = "The address must begin with https://, because your key travels with every request."
THIS_APP = "This is Lastframe itself, and it goes by {url}. Begin the address with that instead."
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
        scheme, host, port = target(url) if split(url) else ("", "", 0)
    except ValueError:
        return NOT_AN_ADDRESS
    if not policy().problem(scheme, host, port):
        return ""
    if is_loopback(host) and port == own_port():
        return THIS_APP.format(url=settings.PUBLIC_URL)
    return NOT_HTTPS if scheme != "https" else NOT_PUBLIC


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def own_port() -> int:
    parts = split(settings.PUBLIC_URL)
    return parts.port or PORTS[parts.scheme]


def is_sandbox(url: str) -> bool:
    """Whether this app itself is the vendor there."""
    return origin(url) == origin(settings.PUBLIC_URL) and split(url).path.startswith("/sandbox/")


def is_near(url: str) -> bool:
    """Whether the vendor there is within our own network, so that it reaches this app by an address of the inside."""
    return is_sandbox(url) or not could_be_public(str(split(url).hostname).lower())


def policy() -> Policy:
    """Where vendors may be: in public, in this very app, or where VENDOR_HOSTS says. Its clients connect by it."""
    ours = host_port(split(settings.PUBLIC_URL))
    return Policy(hosts=frozenset({*settings.VENDOR_HOSTS, ours}), ports=True)


def can_call_back(vendor: Vendor, base_url: str) -> bool:
    """Whether the vendor that answers at this address has callbacks, and they could reach this app."""
    if not vendor.callback_field or settings.CALLBACKS == "never":
        return False
    if settings.CALLBACKS == "always" or is_sandbox(base_url) or reaches(vendor):
        return True
    return is_near(base_url) and (settings.PUBLIC_URL.startswith("https:") or not vendor.callback_https_only)


def reaches(vendor: Vendor) -> bool:
    """Whether it could call PUBLIC_URL from outside, under its own rules."""
    parts = urlsplit(settings.PUBLIC_URL)
    if vendor.callback_https_only and parts.scheme != "https":
        return False
    port = parts.port or PORTS[parts.scheme]
    return (not vendor.callback_ports or port in vendor.callback_ports) and could_be_public(str(parts.hostname).lower())
