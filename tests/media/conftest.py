"""Three places to keep files, each behind a real server on loopback: ours, moto, and rclone, which really refuses."""

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.test import Client
from moto.server import ThreadedMotoServer

from storyboard.media.storage import Store, Upload
from storyboard.media.storage.local import LocalStore
from storyboard.media.storage.s3 import S3Store
from storyboard.teams.models import Team, User
from tests.media.library import Sender
from tests.media.seeds import seeds as make_seeds
from tests.s3 import BUCKET, Rclone, s3_options
from tests.server import Server

DATA = b"0123456789"
REFUSED = {400, 403}
# S3 says 403 to those who may not list: what is not there is nobody's business.
NOT_THERE = {403, 404}


@dataclass
class Place:
    """A store, and a browser's way to it."""

    name: str
    store: Store
    browser: httpx.Client

    def send(self, upload: Upload, data: bytes, **changed: str) -> httpx.Response:
        headers = {name: value for name, value in {**upload.headers, **changed}.items() if value}
        return self.browser.request(upload.method, upload.url, content=data, headers=headers)

    def read(self, url: str, **headers: str) -> httpx.Response:
        return self.browser.get(url, headers=headers)

    def keep(self, key: str, data: bytes = DATA, content_type: str = "video/mp4") -> None:
        self.store.put(key, io.BytesIO(data), content_type)

    def content(self, key: str, folder: Path) -> bytes:
        self.store.get(key, folder / "got")
        return (folder / "got").read_bytes()

    def at(self, key: str) -> tuple[int, str] | None:
        """What is kept there: how much, and of which type."""
        found = self.store.head(key)
        return (found.size, found.content_type) if found else None


@pytest.fixture(scope="session")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A web process with a folder of its own for files; it must not have complained."""
    folder = str(tmp_path_factory.mktemp("site"))
    static = str(settings.STATIC_ROOT)
    with Server(settings.DATABASES["default"], DATA_DIR=folder, STATIC_ROOT=static, S3_BUCKET="") as server:
        yield server
        server.stop()
        server.assert_clean()


@pytest.fixture(scope="session")
def local(site: Server) -> Iterator[Place]:
    with httpx.Client(base_url=site.url, trust_env=False) as browser:
        yield Place("local", LocalStore(Path(site.environment["DATA_DIR"]) / "media"), browser)


@pytest.fixture(scope="session")
def moto() -> Iterator[Place]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    store = S3Store(s3_options(url, BUCKET, "key", "secret"))
    store.client().create_bucket(Bucket=BUCKET)
    with httpx.Client(trust_env=False) as browser:
        yield Place("moto", store, browser)
    server.stop()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rclone]:
    with Rclone(tmp_path_factory.mktemp("rclone"), origin="*") as server:
        yield server


@pytest.fixture(scope="session")
def rclone(s3: Rclone) -> Iterator[Place]:
    with httpx.Client(trust_env=False) as browser:
        yield Place("rclone", S3Store(s3.options), browser)


@pytest.fixture(params=["local", "moto", "rclone"])
def place(request: pytest.FixtureRequest) -> Place:
    """Each of the three."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["local", "rclone"])
def strict(request: pytest.FixtureRequest) -> Place:
    """Those that look at signatures; moto does not."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def key() -> str:
    return f"t/{uuid.uuid4().hex}/file"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the local store of this process keeps its files, empty at first."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")
    monkeypatch.setitem(settings.S3, "bucket", "")
    return tmp_path / "media"


@pytest.fixture
def alices(folder: Path, alice: User, team: Team) -> Sender:
    """Alice, about to send something to her team's library."""
    client = Client()
    client.force_login(alice)
    return Sender(client, team)


@pytest.fixture(scope="session")
def seeds() -> dict[str, bytes]:
    """A small good file of every format, by its name."""
    return make_seeds()
