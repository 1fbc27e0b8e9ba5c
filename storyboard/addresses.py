"""Which addresses may be connected to, and whether a URL's text alone already rules it out.

pinned.py asks for every connection, forms before anything is queued. Pure: no network and no Django.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Tables of our own: Python's ipaddress changes its mind from version to version, and calls some of these global.
NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's inner services, in the middle of public addresses
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6 only what is handed out to the world, so that whatever is invented later is refused until we know it.
GLOBAL_V6 = IPv6Network("2000::/3")
NOT_PUBLIC_V6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
)
MAPPED_V4 = IPv6Network("::ffff:0:0/96")

# Names that mean something only inside a network.
INNER_NAMES = (
    *("localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home", "corp"),
    *("home.arpa", "onion", "i2p"),
)
PORTS = {"https": 443, "http": 80}
HIGHEST_PORT = 65_535
LONGEST_URL = 4_096
LONGEST_NAME = 253

URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<authority>[^/?#]*)([/?#].*)?", re.IGNORECASE | re.DOTALL)
AUTHORITY = re.compile(
    r"(\[(?P<v6>[0-9a-f]*:[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(:(?P<port>[1-9][0-9]{0,4}))?", re.IGNORECASE
)
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# Whatever ends in a number is an address to somebody: browsers and C libraries read 127.1, 0x7f.1 and 2130706433.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

NO_LINK = "That is no link that can be read. Copy the whole link again; it begins with https://."
WITH_NAME = "Take the name and the password out of the link; what is before the “@” is not sent to anyone."
ONLY_HTTPS = "Only links that begin with https:// are followed. Look for the same file there."
OTHER_PORT = "Only links to the usual port are followed. Take the “:{port}” out of the link, or use another one."
NOT_PUBLIC = "That link leads to no public address. Use a link that opens for anyone on the internet."


class Unfit(ValueError):
    """A URL that is never fetched; the message is a sentence for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be connected to: public addresses on the usual ports, and what is named.

    hosts: "host:port" entries that may be private and plain http. suffixes: when there are any, only these hosts and
    the ones below them. ports: any port will do. anywhere: for an operator at the shell, who may go where they like.
    """

    hosts: frozenset[str] = frozenset()
    http: bool = False
    suffixes: tuple[str, ...] = ()
    ports: bool = False
    anywhere: bool = False

    def problem(self, scheme: str, host: str, port: int) -> str:
        """A sentence when it may not be reached, as far as the text tells, or nothing."""
        if scheme not in PORTS or (scheme == "http" and not self.http and not self.names(host, port)):
            return ONLY_HTTPS
        if self.names(host, port):
            return ""
        if port != PORTS[scheme] and not self.ports:
            return OTHER_PORT.format(port=port)
        if not could_be_public(host):
            return NOT_PUBLIC
        if self.suffixes and not any(is_below(host, suffix) for suffix in self.suffixes):
            return f"Only links to {', '.join(self.suffixes)} are followed here. Use one of those."
        return ""

    def names(self, host: str, port: int) -> bool:
        return self.anywhere or place(host, port) in self.hosts

    def admits(self, address: str, host: str, port: int) -> bool:
        """Whether to connect to this address, to which the host's name has led."""
        return self.names(host, port) or is_public(address)


PUBLIC = Policy()
ANYWHERE = Policy(anywhere=True)


def is_public(address: str) -> bool:
    """Whether everyone on the internet means the same machine by it; what is no address is not public."""
    try:
        found = ip_address(unmapped(address))
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in NOT_PUBLIC_V4)
    return not found.scope_id and found in GLOBAL_V6 and not any(found in network for network in NOT_PUBLIC_V6)


def unmapped(address: str) -> str:
    """The IPv4 address that an IPv6 address like ::ffff:192.0.2.1 stands for; any other as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and not found.scope_id and found in MAPPED_V4:
        return str(IPv4Address(int(found) & 0xFFFFFFFF))
    return address


def url_problem(url: str, policy: Policy = PUBLIC) -> str:
    """For forms: a sentence when the URL could not be fetched whatever the network says, or nothing."""
    try:
        return policy.problem(*target(url))
    except Unfit as error:
        return str(error)


def target(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, from a text that every program reads alike; Unfit otherwise."""
    found = URL.fullmatch(url)
    if not found or len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise Unfit(NO_LINK)
    scheme, authority = found["scheme"].lower(), found["authority"]
    if scheme not in PORTS:
        raise Unfit(ONLY_HTTPS)
    if "@" in authority:
        raise Unfit(WITH_NAME)
    if not (parts := AUTHORITY.fullmatch(authority)):
        raise Unfit(NO_LINK)
    port = int(parts["port"] or PORTS[scheme])
    if port > HIGHEST_PORT:
        raise Unfit(NO_LINK)
    return scheme, (parts["v6"] or parts["name"]).lower(), port


def could_be_public(host: str) -> bool:
    """Whether this is a name of the public internet, or a public address in the one way that all agree to write it."""
    labels = host.split(".")
    if ":" in host or NUMBER.fullmatch(labels[-1]):
        return is_canonical(host) and is_public(host)
    if len(labels) == 1 or len(host) > LONGEST_NAME or not all(LABEL.fullmatch(label) for label in labels):
        return False
    return not any(is_below(host, name) for name in INNER_NAMES)


def is_canonical(host: str) -> bool:
    # A mapped address is never: Python 3.13 writes it in another way than 3.12.
    try:
        return str(ip_address(host)) == host == unmapped(host)
    except ValueError:
        return False


def is_below(host: str, suffix: str) -> bool:
    suffix = suffix.strip(".").lower()
    return host == suffix or host.endswith(f".{suffix}")


def place(host: str, port: int) -> str:
    """The host and the port as one text, the way Policy.hosts has them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def named(text: str) -> str:
    """A "host:port" as a person wrote it, the way Policy.hosts has them; ValueError when it is none."""
    parts = AUTHORITY.fullmatch(text)
    if not parts or not parts["port"] or int(parts["port"]) > HIGHEST_PORT:
        raise ValueError(text)
    host = str(IPv6Address(parts["v6"])) if parts["v6"] else parts["name"].lower()
    return place(host, int(parts["port"]))
