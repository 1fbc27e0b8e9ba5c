"""How the sandbox's tests speak with it: a key, and requests to a vendor's base with it."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.test import Client

from storyboard.providers.base import Body, Kind, Media, Probed
from storyboard.providers.dispatch import vendor_file
from storyboard.sandbox import actions
from storyboard.sandbox.dialects import BASES, Order, dialect
from storyboard.sandbox.models import Key, Task
from storyboard.teams.models import Team

VENDORS = tuple(BASES)
# The least that each vendor takes.
BODIES: dict[str, Body] = {
    "reapi": {"model": "doubao-seedance-2.0", "prompt": "A heron lifts off.", "fallback": {"enabled": False}},
    "apimart": {"model": "doubao-seedance-2.0", "prompt": "A heron lifts off."},
    "evolink": {"model": "seedance-2.0-text-to-video", "prompt": "A heron lifts off."},
    "ark": {"model": "dreamina-seedance-2-0-260128", "content": [{"type": "text", "text": "A heron lifts off."}]},
}
MANY = 1_000_000_000
ONE, TWO, THREE = (f"https://films.example.com/{number}.png" for number in (1, 2, 3))
FILM, SONG = "https://films.example.com/film.mp4", "https://films.example.com/song.mp3"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def error(self) -> Any:
        return self.json["error"]


@dataclass
class Asker:
    """One key, at one vendor."""

    vendor: str
    plain: str = ""
    client: Client = field(default_factory=Client)

    def send(self, method: str, path: str, raw: bytes | str = b"", **headers: str) -> Answer:
        given = {"Authorization": f"Bearer {self.plain}"} | headers if self.plain else headers
        url = path if path.startswith("/sandbox") else f"/sandbox/{BASES[self.vendor]}{path}"
        got = self.client.generic(method, url, raw, content_type="application/json", headers=given)
        return Answer(got.status_code, dict(got.items()), got.content)

    def submit(self, body: object) -> Answer:
        return self.send("POST", vendor_file(self.vendor).SUBMIT, json.dumps(body))

    def created(self, **changes: object) -> str:
        """The id of a new task."""
        found = vendor_file(self.vendor).parse_submit(self.submit(BODIES[self.vendor] | changes).json)
        assert found
        return found

    def fetch(self, task_id: str) -> Answer:
        return self.send("GET", vendor_file(self.vendor).FETCH.replace("{id}", task_id))


def asker(vendor: str, *, micro_usd: int = MANY, team: Team | None = None) -> Asker:
    return Asker(vendor, actions.open_key(team=team, micro_usd=micro_usd)[1])


def key_of(asked: Asker) -> Key:
    return Key.objects.get(last_four=asked.plain[-4:])


def prompting(vendor: str, prompt: str) -> Body:
    """The least body, with this prompt."""
    if vendor == "ark":
        return BODIES["ark"] | {"content": [{"type": "text", "text": prompt}]}
    return BODIES[vendor] | {"prompt": prompt}


def task_of(vendor: str, body: Body, **facts: object) -> Task:
    """A task that was submitted over HTTP, and what has become of it since."""
    asked = asker(vendor)
    answer = asked.submit(body)
    assert answer.status == 200, answer.json
    Task.objects.filter(key=key_of(asked)).update(**facts)
    return Task.objects.get(key=key_of(asked))


def order_of(vendor: str, body: Body, media: Probed | None = None) -> Order:
    return dialect(vendor).order(BODIES[vendor] | body, media or {})


def picture(width: int, height: int) -> Media:
    return Media(kind=Kind.IMAGE, width=width, height=height, format="png", size=1)


def clip(seconds: str, width: int = 1280, height: int = 720) -> Media:
    return Media(
        kind=Kind.VIDEO, seconds=Decimal(seconds), width=width, height=height, fps=Decimal(24), format="mp4", size=1
    )
