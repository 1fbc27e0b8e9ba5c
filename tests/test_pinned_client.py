"""What the pinned clients do where they may: TLS by name, one clock for the whole, several addresses, and no memory."""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storyboard import pinned
from storyboard.addresses import Policy
from tests.hostile_net import HostileNet, hostile_net
from tests.providers.misbehaving import Connection, Misbehaving, answer, sends

LOCAL = "films.example.com"
NAMES = {
    LOCAL: ["127.0.0.1"],
    "other.example.com": ["127.0.0.1"],
    "three.example.com": ["127.0.0.9", "::ffff:127.0.0.9", "::ffff:127.0.0.1", "127.0.0.1"],
}


@pytest.fixture
def net() -> Iterator[HostileNet]:
    with hostile_net(lambda name: NAMES.get(name, []), "127.0.0.9") as net:
        yield net


def opened(net: HostileNet, server: Misbehaving, *names: str) -> Policy:
    net.own.add(server.port)
    return Policy(hosts=frozenset(f"{name}:{server.port}" for name in (*names, "127.0.0.1")))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For one name, signed by itself, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOCAL)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(LOCAL)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "films.pem"
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


def encrypted(certificate: Path) -> Misbehaving:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def mode(it: Connection) -> None:
        with context.wrap_socket(it.channel, server_side=True) as channel:
            inner = Connection(it.server, channel)
            if inner.read():
                inner.send(answer(200, b"{}"))

    return Misbehaving(mode)


def get(url: str, policy: Policy, verify: ssl.SSLContext) -> bytes:
    with pinned.client(policy, verify=verify) as client:
        return client.get(url).content


def get_in_a_loop(url: str, policy: Policy, verify: ssl.SSLContext) -> bytes:
    async def ask() -> bytes:
        async with pinned.async_client(policy, verify=verify) as client:
            return (await client.get(url)).content

    return asyncio.run(ask())


@pytest.mark.parametrize("way", [get, get_in_a_loop])
def test_the_certificate_must_be_for_the_name(way: Callable[..., bytes], certificate: Path, net: HostileNet) -> None:
    trusted = ssl.create_default_context(cafile=certificate)
    with encrypted(certificate) as server:
        policy = opened(net, server, *NAMES)
        assert way(f"https://{LOCAL}:{server.port}/", policy, trusted) == b"{}"
        for url in (f"https://other.example.com:{server.port}/", f"https://127.0.0.1:{server.port}/"):
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                way(url, policy, trusted)
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            way(f"https://{LOCAL}:{server.port}/", policy, pinned.tls())
    assert len(server.requests) == 1


def test_an_address_that_does_not_answer_is_followed_by_the_next_and_none_is_tried_twice(net: HostileNet) -> None:
    async def ask(url: str, policy: Policy) -> int:
        async with pinned.async_client(policy) as client:
            return (await client.get(url)).status_code

    with Misbehaving("well behaved") as server:
        policy, url = opened(net, server, "three.example.com"), f"http://three.example.com:{server.port}/"
        with pinned.client(policy) as client:
            assert client.get(url).status_code == 200
        assert asyncio.run(ask(url, policy)) == 200
    assert net.attempts == ["127.0.0.9", "127.0.0.1"] * 2


def test_the_names_of_the_public_internet_are_looked_up_without_search_domains(net: HostileNet) -> None:
    with pinned.client(Policy(hosts=frozenset({"s3:80"}), http=True)) as client:
        for name in ("nobody.example.com", "s3"):
            with pytest.raises(httpx.ConnectError):
                client.get(f"http://{name}/")
    assert net.asked == ["nobody.example.com.", "s3"]


@pytest.mark.clock
@pytest.mark.parametrize("mode", ["headers byte by byte", "body byte by byte", "hang after reading"])
def test_the_whole_ends_at_its_moment(mode: str, net: HostileNet) -> None:
    began = time.monotonic()
    with Misbehaving(mode) as server:
        policy = opened(net, server)
        with pytest.raises(httpx.TimeoutException), pinned.client(policy, until=began + 0.3) as client:
            client.get(server.url)
    assert time.monotonic() - began < 3


def test_a_moment_that_has_passed_connects_to_nobody(net: HostileNet) -> None:
    with Misbehaving("well behaved") as server:
        policy = opened(net, server)
        with pytest.raises(httpx.ConnectTimeout), pinned.client(policy, until=time.monotonic()) as client:
            client.get(server.url)
    assert server.connections == 0


def test_a_client_keeps_no_cookies_and_says_little_of_itself(
    net: HostileNet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    # Closed after each answer, so that the second one does not meet the end of the first.
    cookie = sends(answer(200, headers=b"Set-Cookie: id=1\r\nConnection: close\r\n"))
    with Misbehaving(cookie) as server, pinned.client(opened(net, server)) as client:
        assert client.get(server.url).headers["set-cookie"]
        client.get(server.url)
    for head in server.heads:
        names = {line.partition(":")[0].lower() for line in head.splitlines()[1:]}
        assert names <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
        assert "Lastframe" in head


def test_a_signature_is_not_logged(net: HostileNet, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Misbehaving("302 that quotes the key") as server, pinned.client(opened(net, server)) as client:
        client.get(f"{server.url}/?sig=canary", headers={"Authorization": "Bearer canary"})
    assert "connect_tcp" in caplog.text
    assert "canary" not in caplog.text
