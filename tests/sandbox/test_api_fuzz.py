"""Whatever JSON can say, each vendor answers with a task or with its own kind of no."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from storyboard.providers.base import Kind, Media, Probed
from storyboard.providers.catalog import RATIOS, models
from storyboard.providers.dispatch import vendor_file
from storyboard.sandbox import inputs
from storyboard.sandbox.dialects import dialect
from tests.sandbox.asking import BODIES, VENDORS, Answer, Asker, asker

pytestmark = pytest.mark.django_db
every_vendor = pytest.mark.parametrize("vendor", VENDORS)
often = settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
URLS = [
    "https://films.example.com/1.png",
    "https://films.example.com/2.mp4",
    "http://x",
    "data:,",
    "asset://a",
    "x",
    "",
]
WORDS = st.sampled_from(
    [*RATIOS, *URLS, "first_frame", "last_frame", "reference_image", "image_url", "text", "web_search"]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | WORDS
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | WORDS, inner, max_size=4),
    max_leaves=8,
)


def files(media: Mapping[str, Kind], token: str) -> tuple[Probed, dict[str, str]]:
    """As if each address held something, and not always what it should."""
    odd = Media(kind=Kind.IMAGE, width=1, height=9000)
    return {
        url: None if url.startswith("http:") else Media(kind=kind) if len(url) % 2 else odd
        for url, kind in media.items()
    }, {}


@pytest.fixture
def asked(vendor: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Asker:
    settings.SANDBOX_UNFINISHED_TASKS = settings.SANDBOX_TASKS_A_MINUTE = 10_000
    monkeypatch.setattr(inputs, "gather", files)
    return asker(vendor, micro_usd=10**12)


def judge(vendor: str, answer: Answer, asked: Asker) -> None:
    file = vendor_file(vendor)
    if answer.status == 200:
        task_id = file.parse_submit(answer.json)
        assert file.parse_task(asked.fetch(task_id).json).id == task_id
        return
    assert answer.status in {400, 402, 413, 429}
    assert answer.error["message"]
    assert answer.error["code"]


@every_vendor
@often
@given(body=JSON)
def test_any_json_is_answered_in_the_vendor_s_envelope(vendor: str, asked: Asker, body: object) -> None:
    judge(vendor, asked.submit(body), asked)


@every_vendor
@often
@given(data=st.data())
def test_any_value_in_any_field_is_answered_in_the_vendor_s_envelope(
    vendor: str, asked: Asker, data: st.DataObject
) -> None:
    model = data.draw(st.sampled_from(models(vendor)))
    names = st.sampled_from([param.name for param in model.params[1:]])
    likely = st.lists(WORDS, max_size=3) | st.lists(st.fixed_dictionaries({"url": WORDS, "role": WORDS}), max_size=3)
    changes = data.draw(st.dictionaries(names, JSON | likely | st.integers(-1, 16), min_size=1, max_size=4))
    judge(vendor, asked.submit(BODIES[vendor] | {"model": model.id} | changes), asked)


@every_vendor
@often
@given(data=st.data())
def test_every_valid_choice_is_taken_and_comes_to_even_pixels(vendor: str, asked: Asker, data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(models(vendor)))
    chosen = {param.name: data.draw(st.sampled_from(param.choices)) for param in model.params[1:] if plain(param)}
    body = BODIES[vendor] | {"model": model.id} | chosen
    assume(not [problem for problem in vendor_file(vendor).problems(body, {}) if problem.level == "problem"])
    answer = asked.submit(body)
    assert answer.status == 200, answer.json
    order = dialect(vendor).order(body, {})
    assert order.ratio in RATIOS[:-1]
    assert order.width % 2 == order.height % 2 == 0
    assert order.width * order.height > 0


def plain(param: Any) -> bool:
    return bool(param.choices) and param.type == "string"
