"""What a request refers to: fetched from where it may be, looked into, and nothing from inside our own network."""

import base64
import shutil
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from storyboard.providers.base import Kind
from storyboard.rendering.animatic import Plan, render
from storyboard.sandbox import inputs, reach
from storyboard.sandbox.models import folder

TOKEN = "a" * 32
pytestmark = pytest.mark.django_db


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder that the test's server serves."""
    place = tmp_path / "shelf"
    place.mkdir()
    Image.new("RGB", (640, 360), (200, 90, 40)).save(place / "frame.jpg")
    (place / "page.html").write_text("<p>Not a picture</p>")
    return place


@pytest.fixture
def base(shelf: Path, settings: Settings) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(shelf))) as server:
        place = f"127.0.0.1:{server.server_port}"
        settings.SANDBOX_MEDIA_HOSTS = frozenset({place})
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://{place}/"
        server.shutdown()
        thread.join()


def test_a_picture_is_brought_and_measured(base: str) -> None:
    url = f"{base}frame.jpg"
    media, files = inputs.gather({url: Kind.IMAGE}, TOKEN)
    found = media[url]
    assert found
    assert (found.kind, found.format, found.width, found.height) == (Kind.IMAGE, "jpeg", 640, 360)
    assert (folder(TOKEN) / "in" / files[url]).stat().st_size == found.size


def test_a_clip_is_brought_with_its_length_and_rate(base: str, shelf: Path) -> None:
    made = render(Plan(prompt="", width=128, height=72, seconds=1, folder=shelf / "work"))
    shutil.move(made.video, shelf / "clip.mp4")
    found = inputs.gather({f"{base}clip.mp4": Kind.VIDEO}, TOKEN)[0][f"{base}clip.mp4"]
    assert found
    assert (found.format, found.seconds, found.fps) == ("mp4", Decimal(1), Decimal(24))


@pytest.mark.parametrize("name", ["page.html", "none.jpg"])
def test_what_is_not_there_or_no_media_is_unreadable(base: str, name: str) -> None:
    assert inputs.gather({base + name: Kind.IMAGE}, TOKEN) == ({base + name: None}, {})


def test_what_is_not_of_the_kind_it_should_be_is_told_apart(base: str) -> None:
    found = inputs.gather({f"{base}frame.jpg": Kind.VIDEO}, TOKEN)[0][f"{base}frame.jpg"]
    assert found
    assert found.kind is Kind.IMAGE


def test_a_private_place_that_nobody_named_is_not_reached(base: str, settings: Settings) -> None:
    settings.SANDBOX_MEDIA_HOSTS = frozenset()
    url = f"{base}frame.jpg"
    assert inputs.gather({url: Kind.IMAGE}, TOKEN) == ({url: None}, {})


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "file:///etc/passwd", "https://[::1]/", "gopher://x/"]
)
def test_what_no_vendor_would_fetch_is_not_fetched(url: str) -> None:
    assert inputs.gather({url: Kind.IMAGE}, TOKEN)[0] == {url: None}


def test_a_file_that_is_far_too_large_is_left(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inputs.MOST, Kind.IMAGE, 100)
    assert inputs.gather({f"{base}frame.jpg": Kind.IMAGE}, TOKEN)[0][f"{base}frame.jpg"]
    monkeypatch.setattr(inputs, "MORE", 100)
    assert inputs.gather({f"{base}frame.jpg": Kind.IMAGE}, TOKEN)[0] == {f"{base}frame.jpg": None}


def test_several_come_together_and_each_keeps_its_own_name(base: str) -> None:
    wanted = {f"{base}frame.jpg?{number}": Kind.IMAGE for number in range(9)}
    media, files = inputs.gather(wanted, TOKEN)
    assert all(media.values())
    assert len(set(files.values())) == 9


def test_base64_is_decoded_and_assets_are_left_to_the_rules(shelf: Path) -> None:
    good = "data:image/jpeg;base64," + base64.b64encode((shelf / "frame.jpg").read_bytes()).decode()
    bad = ["data:image/png;base64,!!", "data:image/png,abc", "data:,"]
    wanted = dict.fromkeys([good, *bad, "asset://asset-1"], Kind.IMAGE)
    media, files = inputs.gather(wanted, TOKEN)
    assert [bool(media[url]) for url in (good, *bad)] == [True, False, False, False]
    assert "asset://asset-1" not in media
    assert len(files) == 1


def test_this_apps_own_address_may_be_reached_and_no_other_private_one(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://localhost:8123"
    assert reach.policy().problem("http", "localhost", 8123) == ""
    assert reach.policy().problem("http", "localhost", 8124)
    settings.PUBLIC_URL = "https://films.example.com"
    assert reach.hosts() == {"films.example.com:443"}


def test_what_was_refused_leaves_nothing(base: str) -> None:
    inputs.gather({f"{base}frame.jpg": Kind.IMAGE}, TOKEN)
    inputs.drop(TOKEN)
    inputs.drop(TOKEN)
    assert not folder(TOKEN).exists()
