"""What a real browser does with the links: send a file from a page, play it and seek, under the page's own policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from storyboard.media.storage import Store, Upload
from storyboard.rendering.animatic import Plan, render
from tests.browser import OpenPage
from tests.media.conftest import Place
from tests.s3 import Rclone
from tests.server import Server

pytestmark = pytest.mark.once
# More than a browser fetches before it begins to play, so that seeking must ask for another piece.
PADDING = 12_000_000
SEND = """([url, headers, size, type]) => new Promise(resolve => {
  const request = new XMLHttpRequest();
  let steps = 0;
  request.upload.onprogress = () => { steps += 1; };
  request.onloadend = () => resolve([request.status, steps > 0]);
  request.open("PUT", url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.send(new Blob([new Uint8Array(size)], {type}));
})"""
SEEK = """async ([url, to]) => {
  const video = document.createElement("video");
  const once = name => new Promise((done, failed) => {
    video.addEventListener(name, done, {once: true});
    video.addEventListener("error", () => failed(new Error(video.error.message)), {once: true});
  });
  let waiting = once("loadedmetadata");
  video.muted = true;
  video.src = url;
  document.querySelector("main").append(video);
  await waiting;
  waiting = once("seeked");
  video.currentTime = to;
  await waiting;
  const reached = video.currentTime;
  await video.play();
  await once("timeupdate");
  const played = video.currentTime;
  const size = [video.videoWidth, video.videoHeight];
  video.removeAttribute("src");
  video.load();
  return [reached, played, size];
}"""


@dataclass
class Home:
    """A site, and the store where it keeps its files."""

    site: Server
    store: Store


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    plan = Plan(folder=tmp_path_factory.mktemp("clip"), prompt="A boat", width=256, height=144, seconds=4)
    # A box that players skip.
    return render(plan).video.read_bytes() + (PADDING + 8).to_bytes(4, "big") + b"free" + bytes(PADDING)


@pytest.fixture(scope="session")
def beside_s3(
    s3: Rclone, rclone: Place, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    own = {"DATA_DIR": str(tmp_path_factory.mktemp("site")), "STATIC_ROOT": str(settings.STATIC_ROOT)}
    with Server(settings.DATABASES["default"], **own, **s3.environment) as server:
        yield Home(server, rclone.store)
        server.stop()
        server.assert_clean()


@pytest.fixture(scope="session")
def alone(site: Server, local: Place) -> Home:
    return Home(site, local.store)


@pytest.fixture(params=["alone", "beside_s3"])
def home(request: pytest.FixtureRequest) -> Home:
    found: Home = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def page(home: Home, open_page: OpenPage, transactional_db: None) -> Page:
    page = open_page(base_url=home.site.url)
    page.goto("/accounts/login/")
    return page


def send(page: Page, upload: Upload, size: int, content_type: str = "image/png") -> list[object]:
    sent: list[object] = page.evaluate(SEND, [upload.url, upload.headers, size, content_type])
    return sent


def test_a_page_sends_a_file_and_sees_how_far_it_is(page: Page, home: Home, key: str) -> None:
    assert send(page, home.store.presign_upload(key, "image/png", 300_000), 300_000) == [200, True]
    found = home.store.head(key)
    assert found
    assert (found.size, found.content_type) == (300_000, "image/png")


def test_a_page_sends_a_part_and_the_blob_says_no_type(page: Page, home: Home, key: str) -> None:
    upload = home.store.create_multipart(key, "video/mp4")
    assert send(page, home.store.presign_part(key, upload, 1, 300_000), 300_000, "") == [200, True]
    home.store.complete_multipart(key, upload, 300_000)
    found = home.store.head(key)
    assert found
    assert (found.size, found.content_type) == (300_000, "video/mp4")


def test_a_video_is_played_from_where_a_person_drags_it(
    page: Page, home: Home, key: str, clip: bytes, tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip)
    home.store.put(key, tmp_path / "clip.mp4", "video/mp4")
    link = home.store.presign_download(key, 300, content_type="video/mp4")
    statuses: set[int] = set()
    page.on("response", lambda answer: statuses.add(answer.status))
    reached, played, size = page.evaluate(SEEK, [link, 3])
    assert reached == pytest.approx(3, abs=0.1)
    assert played >= 3
    assert size == [256, 144]
    # rclone sends pieces too, and forgets to say so.
    assert statuses == ({200} if link.startswith("http") else {206})
