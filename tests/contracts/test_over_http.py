"""Posts every contract row to the sandbox, as any client would, with real files behind its addresses."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from storyboard.providers.base import Body, Kind
from storyboard.providers.catalog import VENDOR_FILES
from storyboard.sandbox import actions
from tests.contracts.files import made
from tests.contracts.rows import Row, all_rows, counts
from tests.contracts.served import Files, files, with_real_files

BASES = {
    "reapi": "/sandbox/reapi/api/v1/videos/generations",
    "apimart": "/sandbox/apimart/v1/videos/generations",
    "evolink": "/sandbox/evolink/v1/videos/generations",
    "ark": "/sandbox/ark/api/v3/contents/generations/tasks",
}
# Rows are posted in parts, so that two cores can share the work. What a vendor says is kept by either engine alike, so
# the second gets only the first part of each.
PART = 30
PARTS = [
    pytest.param(vendor, start, marks=[pytest.mark.once] if start else [])
    for vendor in VENDOR_FILES
    for start in range(0, counts()[vendor], PART)
]
CREDIT = 10**12


@pytest.fixture
def server(settings: Settings) -> Iterator[Files]:
    with files() as server:
        settings.SANDBOX_MEDIA_HOSTS = frozenset({server.place})
        yield server


@pytest.mark.parametrize(("vendor", "start"), PARTS)
def test_the_sandbox_answers_each_row_as_the_page_says(
    vendor: str, start: int, live_server: LiveServer, server: Files
) -> None:
    rows = [row for name, row in all_rows() if name == vendor][start : start + PART]
    with httpx.Client(base_url=live_server.url, trust_env=False, timeout=60) as client:
        wrong = [found for row in rows if (found := misses(client, vendor, row, server))]
    assert not wrong, "\n".join(wrong)


def misses(client: httpx.Client, vendor: str, row: Row, server: Files) -> str:
    """How the answer differs from the row's; nothing when it is the same."""
    if unknowable(row):
        return ""
    # A key of its own: so many tasks at once would be refused to one.
    _, key = actions.open_key(micro_usd=CREDIT)
    body = with_real_files(row, server)
    answer = client.post(BASES[vendor], content=json.dumps(body), headers={"Authorization": f"Bearer {key}"})
    if answer.status_code != row.status:
        return f"{row.name}: {answer.status_code} {answer.text[:300]} in the place of {row.status}"
    if row.status == 200 or impossible(row):
        return ""
    code, message = said(vendor, answer.json())
    same = code == row.code and (not row.message or message.startswith(row.message))
    return "" if same else f"{row.name}: {code} {message!r} in the place of {row.code} {row.message!r}"


def unknowable(row: Row) -> bool:
    """A clip that can be read and yet has no length: no file is like that, so the row is for the rules alone."""
    return any(media is not None and media.kind is Kind.VIDEO and media.seconds is None for media in row.media.values())


def impossible(row: Row) -> bool:
    """A file that cannot be made here is refused all the same, but as one that is not there."""
    return any(media is not None and made(media) is None for media in row.media.values())


def said(vendor: str, answer: Body) -> tuple[str, str]:
    error: dict[str, Any] = answer["error"]
    return str(error["type" if vendor == "evolink" else "code"]), str(error["message"])
