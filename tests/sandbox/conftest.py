"""A key with credit, and tasks as the vendors' customers ask for them; none takes any time but for the painting."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from storyboard.providers.base import Body, Kind
from storyboard.sandbox import actions, faults, inputs, models, scene
from storyboard.sandbox.dialects import dialect
from storyboard.sandbox.models import Key, Task
from storyboard.teams.models import Team

ORIGIN = "http://localhost:8000"
CREDIT = 50_000_000
ARK, REAPI, EVOLINK = "doubao-seedance-2-0-260128", "doubao-seedance-2.0", "seedance-2.0-text-to-video"
MODELS = {"ark": ARK, "reapi": REAPI, "evolink": EVOLINK, "apimart": "doubao-seedance-2.0"}
Take = Callable[..., Task]


@pytest.fixture(autouse=True)
def quick(settings: Settings, tmp_path: Path) -> None:
    settings.SANDBOX_SPEED = 0
    settings.SANDBOX_ROOT = tmp_path / "sandbox"
    settings.PUBLIC_URL = ORIGIN


@pytest.fixture
def key(team: Team) -> Key:
    return actions.open_key(team=team, micro_usd=CREDIT)[0]


def body_for(vendor: str, prompt: str, **fields: Any) -> Body:
    """The smallest clip that the vendor makes, unless `fields` ask for another."""
    body: Body = {"model": MODELS[vendor], "duration": 4, "generate_audio": False}
    if vendor == "ark":
        texts = [{"type": "text", "text": prompt}]
        return body | {"resolution": "480p", "ratio": "1:1", "content": texts + fields.pop("content", [])} | fields
    size, quality = ("aspect_ratio", "quality") if vendor == "evolink" else ("size", "resolution")
    return body | {"prompt": prompt, size: "1:1", quality: "480p"} | fields


def picture(url: str, role: str) -> Body:
    """One of Ark’s content parts."""
    return {"type": "image_url", "image_url": {"url": url}, "role": role}


def asked(key: Key, prompt: str = "A boat at dusk", *, vendor: str = "ark", **fields: Any) -> Task:
    """Ask as a vendor's API would after it found nothing wrong with the body."""
    words, body, token = dialect(vendor), body_for(vendor, prompt, **fields), models.token()
    media: dict[str, Kind] = dict(words.order(body, {}).media)
    probed, files = inputs.gather(media, token)
    order = words.order(body, probed)
    return actions.take(
        key,
        vendor=vendor,
        body=body,
        order=order,
        charge=words.charge(order, body, probed),
        origin=ORIGIN,
        inputs=files,
        faults=faults.read(order.prompt, key),
        token=token,
    )


@pytest.fixture
def take(key: Key) -> Take:
    return partial(asked, key)


@pytest.fixture
def no_painting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes for a clip, where nobody looks at it: painting takes seconds."""

    def paint(task: Task) -> scene.Painted:
        task.folder.mkdir(parents=True, exist_ok=True)
        (task.folder / "0.mp4").write_bytes(bytes(range(256)) * 4)
        if task.body.get("return_last_frame") and "no-last-frame" not in task.faults:
            (task.folder / "0.png").write_bytes(b"png")
        return scene.Painted("", 0)

    monkeypatch.setattr(scene, "paint", paint)
