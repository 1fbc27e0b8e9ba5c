"""TLS: an unknown certificate gets nothing of the request, and the deadline holds on an encrypted connection too."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storyboard.providers import http
from storyboard.providers.errors import NotCreated, Unknown
from tests.providers.misbehaving import Connection, Misbehaving
from tests.providers.quick import client

BODY = {"prompt": "A lighthouse"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate for loopback that nobody has signed, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vendor on loopback")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "vendor.pem"
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    yield path
    path.unlink()


def encrypted(server: Misbehaving, certificate: Path) -> Misbehaving:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = server.mode

    def mode(it: Connection) -> None:
        with context.wrap_socket(it.channel, server_side=True) as channel:
            plain(Connection(server, channel))

    server.mode = mode
    return server


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(http, "tls", lambda: context)


def test_an_unknown_certificate_gets_nothing_of_the_request(certificate: Path) -> None:
    with encrypted(Misbehaving("well behaved"), certificate) as server, pytest.raises(NotCreated) as raised:
        client(server.url.replace("http:", "https:")).submit(BODY)
    assert "CERTIFICATE_VERIFY_FAILED" in raised.value.reason
    assert server.requests == []


@pytest.mark.usefixtures("trusted")
def test_a_request_is_sent_encrypted(certificate: Path) -> None:
    with encrypted(Misbehaving("well behaved"), certificate) as server:
        assert client(server.url.replace("http:", "https:")).submit(BODY) == "task_0123456789"
    assert server.posts == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("mode", ["headers byte by byte", "body byte by byte"])
def test_the_deadline_holds_on_an_encrypted_connection(certificate: Path, mode: str) -> None:
    with encrypted(Misbehaving(mode), certificate) as server, pytest.raises(Unknown) as raised:
        client(server.url.replace("http:", "https:")).submit(BODY)
    assert "the whole exchange took too long" in raised.value.reason
    assert server.posts == 1


@pytest.mark.usefixtures("trusted")
def test_a_handshake_that_never_ends_has_sent_nothing() -> None:
    with Misbehaving("hang before reading") as server, pytest.raises(NotCreated) as raised:
        client(server.url.replace("http:", "https:")).submit(BODY)
    assert raised.value.reason.startswith("ConnectTimeout")
