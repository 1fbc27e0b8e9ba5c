"""Links for vendors: written down, made for one file, and only where vendors can reach us."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from storyboard.media import links
from storyboard.media.models import File, Grant, Origin
from storyboard.media.storage import store
from storyboard.teams.models import Team


@pytest.fixture
def file(folder: Path, team: Team, tmp_path: Path) -> File:
    path = tmp_path / "x"
    path.write_bytes(b"checked bytes")
    key = f"t/{team.public_id}/a/x"
    store().put(key, path, "video/mp4")
    facts = {"kind": "video", "format": "mp4", "content_type": "video/mp4", "size": 13, "stored": 13}
    return File.objects.create(team=team, sha256="0" * 64, key=key, origin=Origin.UPLOAD, **facts)


def test_a_vendors_link_is_whole_and_written_down(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URL", "https://films.example.com")
    url = links.for_vendor(file, vendor="reapi", seconds=7200, purpose="Take 7 of shot 3")
    grant = Grant.objects.get()
    assert url.startswith("https://films.example.com/media/t/")
    assert (grant.file, grant.vendor, grant.purpose, grant.seconds) == (file, "reapi", "Take 7 of shot 3", 7200)
    assert (grant.expires_at - grant.made_at).total_seconds() == 7200
    assert url not in str(Grant.objects.values())


def test_a_vendors_link_dies_when_its_time_is_over(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_900_000_000.0
    monkeypatch.setattr("storyboard.media.storage.signing.time.time", lambda: now)
    url = links.for_vendor(file, vendor="reapi", seconds=7200, purpose="Take 7").partition("localhost:8000")[2]
    monkeypatch.setattr("storyboard.media.storage.signing.time.time", lambda: now + 7200 - 60)
    assert Client().get(url).content == b"checked bytes"
    monkeypatch.setattr("storyboard.media.storage.signing.time.time", lambda: now + 7200 + 60)
    assert Client().get(url).status_code == 403


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://films.example.com", ""),
        ("https://8.8.8.8", ""),
        ("http://films.example.com", "without https"),
        ("http://localhost:8000", "localhost is an address of this machine"),
        ("https://127.0.0.1", "127.0.0.1 is an address"),
        ("https://192.168.1.20:8000", "192.168.1.20 is an address"),
        ("https://10.0.0.5", "10.0.0.5 is an address"),
        ("https://[::1]", "::1 is an address"),
        ("https://[fd00::1]", "fd00::1 is an address"),
        ("https://studio.local", "studio.local is an address"),
        ("https://box.internal.", "box.internal. is an address"),
        ("https://intranet", "intranet is an address"),
    ],
)
def test_a_place_that_vendors_cannot_reach_is_told_with_the_way_out(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.S3, "bucket", "")
    monkeypatch.setattr(settings, "PUBLIC_URL", url)
    sentence = links.reachable()
    assert said in sentence
    assert bool(said) == ("Set PUBLIC_URL to an https address" in sentence)


def test_a_bucket_is_judged_by_what_browsers_and_vendors_see(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URL", "https://films.example.com")
    bucket = {"bucket": "films", "endpoint": "http://minio:9000", "public_endpoint": "http://127.0.0.1:9000"}
    monkeypatch.setattr(settings, "S3", settings.S3 | bucket)
    assert "Set S3_PUBLIC_ENDPOINT" in links.reachable()
    monkeypatch.setitem(settings.S3, "public_endpoint", "https://files.example.com")
    assert links.reachable() == ""


@pytest.mark.parametrize(
    ("name", "saved"),
    [("keeper.mp4", "keeper.mp4"), ("keeper.MP4", "keeper.mp4"), ("v1.2", "v1.2.mp4"), ("a/b", "a_b.mp4")],
)
def test_a_saved_file_has_the_ending_of_its_bytes(file: File, name: str, saved: str) -> None:
    answer = Client().get(links.to_save(file, name))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{saved}"'


def test_a_mov_is_played_by_a_name_that_browsers_know(file: File) -> None:
    File.objects.update(content_type="video/quicktime")
    file.refresh_from_db()
    assert Client().get(links.to_show(file)).headers["Content-Type"] == "video/mp4"
