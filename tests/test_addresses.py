"""Which addresses are public, and what the text of a URL gives away already."""

import ipaddress
from collections.abc import Iterator

import pytest

from storyboard import addresses
from storyboard.addresses import Policy, is_public, named, place, target, unmapped, url_problem

# Every row of IANA's two registries of special-purpose addresses, multicast, and what clouds keep for themselves.
SPECIAL_V4_LIST = """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29
192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4
255.255.255.255/32 224.0.0.0/4 168.63.129.16/32 169.254.169.254/32 169.254.170.2/32 100.100.100.200/32 192.0.0.192/32
"""
SPECIAL_V6_LIST = """
::1/128 ::/128 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128 2001:1::2/128
2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16
2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 ::/96 fd00:ec2::254/128 200::/7 400::/6
800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 f000::/5 f800::/6 fe00::/9
"""
# With the neighbours of the blocks above, so that none of them is drawn too wide.
PUBLIC_LIST = """
1.0.0.1 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.255 192.0.3.0
192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.112.255 203.0.114.0
223.255.255.255 2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:ffff:: 2001:db9:: 2003:: 2606:4700:4700::1111
2620:4f:7fff:: 2620:4f:8001:: 2a00:1450:4001:82a::200e 3ffe:: 3fff:1000:: ::ffff:8.8.8.8 ::ffff:808:808
"""
SPECIAL_V4, SPECIAL_V6, PUBLIC = SPECIAL_V4_LIST.split(), SPECIAL_V6_LIST.split(), PUBLIC_LIST.split()
NO_ADDRESS = [
    "",
    "localhost",
    "127.1",
    "0x7f.1",
    "2130706433",
    "1.2.3",
    "01.1.1.1",
    "8.8.8.8 ",
    "8.8.8.8:80",
    "fe80::1%lo",
]
GLOBAL_TO_PYTHON = ["::169.254.169.254", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "fec0::1", "5f00::1"]


def edges(block: str) -> Iterator[str]:
    network = ipaddress.ip_network(block)
    for number in (0, network.num_addresses // 2, network.num_addresses - 1):
        yield str(network[number])


SPECIAL = [address for block in SPECIAL_V4 + SPECIAL_V6 for address in edges(block)]


@pytest.mark.parametrize("address", [*SPECIAL, *NO_ADDRESS, *GLOBAL_TO_PYTHON])
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("block", SPECIAL_V4)
def test_a_special_address_is_not_public_inside_an_ipv6_one_either(block: str) -> None:
    for address in edges(block):
        number = int(ipaddress.IPv4Address(address))
        assert not is_public(f"::ffff:{address}")
        assert not is_public(f"0:0:0:0:0:ffff:{number >> 16:x}:{number & 0xFFFF:x}")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


def test_what_python_thinks_is_global_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (ipaddress.IPv4Address, ipaddress.IPv6Address):
        for name in ("is_global", "is_private", "is_reserved", "is_multicast", "is_loopback", "is_link_local"):
            monkeypatch.setattr(kind, name, property(lambda self: 1 / 0))
    assert [is_public(address) for address in SPECIAL] == [False] * len(SPECIAL)
    assert [is_public(address) for address in PUBLIC] == [True] * len(PUBLIC)


@pytest.mark.parametrize("network", [*addresses.NOT_PUBLIC_V4, *addresses.NOT_PUBLIC_V6])
def test_every_line_of_the_tables_is_needed(network: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOT_PUBLIC_V4", "NOT_PUBLIC_V6"):
        monkeypatch.setattr(addresses, name, tuple(row for row in getattr(addresses, name) if row != network))
    assert any(is_public(address) for address in SPECIAL)


def test_a_mapped_address_is_the_one_that_it_stands_for() -> None:
    assert unmapped("::ffff:7f00:1") == "127.0.0.1"
    assert [unmapped(text) for text in ("::1", "8.8.8.8", "name")] == ["::1", "8.8.8.8", "name"]


FINE = [
    "https://films.example.com/a.mp4",
    "https://films.example.com",
    "HTTPS://Films.Example.COM:443/a.mp4?X-Amz-Signature=ab%2Fcd&x=[1]#t=3",
    "https://my_bucket.s3.example.com/бобр.png",
    "https://xn--bcher-kva.example.com/",
    "https://8.8.8.8/a.png",
    "https://[2606:4700:4700::1111]/a.png",
    "https://127.0.0.1.nip.example.com/only-the-look-up-can-tell",
    "https://a.b-c.d1.example.com/a@b:c",
]


@pytest.mark.parametrize("url", FINE)
def test_a_plain_link_is_fine(url: str) -> None:
    assert url_problem(url) == ""


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("films.example.com/a.mp4", addresses.NO_LINK),
        ("https:///a.mp4", addresses.NO_LINK),
        ("https://films.example.com/a b", addresses.NO_LINK),
        ("https://films.example.com/\\a", addresses.NO_LINK),
        ("https://films.example.com/\u202egnp.a", addresses.NO_LINK),
        ("https://films.example.com:65536/", addresses.NO_LINK),
        ("https://films.example.com/" + "a" * 4096, addresses.NO_LINK),
        ("http://films.example.com/", addresses.ONLY_HTTPS),
        ("ftp://films.example.com/", addresses.ONLY_HTTPS),
        ("https://ann:secret@films.example.com/", addresses.WITH_NAME),
        ("https://films.example.com:8443/", addresses.OTHER_PORT.format(port=8443)),
        ("https://localhost/", addresses.NOT_PUBLIC),
        ("https://db/", addresses.NOT_PUBLIC),
        ("https://metadata.google.internal/", addresses.NOT_PUBLIC),
        ("https://10.0.0.1/", addresses.NOT_PUBLIC),
        ("https://[::ffff:808:808]/", addresses.NOT_PUBLIC),
    ],
)
def test_another_link_gets_a_sentence(url: str, sentence: str) -> None:
    assert url_problem(url) == sentence


def test_a_named_host_may_be_private_and_plain_on_its_port_only() -> None:
    policy = Policy(hosts=frozenset({"127.0.0.1:9000", "[::1]:9000", "s3:9000"}))
    for host in ("127.0.0.1", "[::1]", "s3", "S3"):
        assert url_problem(f"http://{host}:9000/a", policy) == url_problem(f"https://{host}:9000/a", policy) == ""
        assert url_problem(f"https://{host}:9001/a", policy) != ""
        assert url_problem(f"ftp://{host}:9000/a", policy) != ""
    assert policy.admits("127.0.0.1", "s3", 9000)
    assert not policy.admits("127.0.0.1", "s3", 443)


def test_plain_http_can_be_allowed_on_its_port() -> None:
    assert url_problem("http://films.example.com/", Policy(http=True)) == ""
    assert url_problem("http://films.example.com:443/", Policy(http=True)) != ""


@pytest.mark.parametrize("url", ["https://cdn.example.com/a", "https://a.cdn.example.com/a", "http://127.0.0.1:9000/"])
def test_only_hosts_with_an_allowed_ending_and_named_ones_are_fine(url: str) -> None:
    policy = Policy(suffixes=(".CDN.example.com",), hosts=frozenset({"127.0.0.1:9000"}))
    assert url_problem(url, policy) == ""
    assert "Only links to" in url_problem("https://evilcdn.example.com/", policy)
    assert "Only links to" in url_problem("https://cdn.example.com.evil.net/", policy)
    assert "Only links to" in url_problem("https://8.8.8.8/", policy)


@pytest.mark.parametrize("url", ["http://[8.8.8.8]/", "http://[]/", "http://[::1/", "http://a]/", "http://[::1]a/"])
def test_brackets_hold_ipv6_only(url: str) -> None:
    with pytest.raises(addresses.Unfit):
        target(url)


def test_a_host_with_its_port_is_read_from_a_setting() -> None:
    found = [named(text) for text in ("S3.films.LAN:9000", "127.0.0.1:80", "[0:0::1]:443")]
    assert found == ["s3.films.lan:9000", "127.0.0.1:80", "[::1]:443"]
    assert found[2] == place("::1", 443)
