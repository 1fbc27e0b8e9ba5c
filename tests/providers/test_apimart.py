"""APIMart beyond its tables: bodies, what it cannot do, answers as they come, and what a shot may cost."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.providers import apimart
from storyboard.providers.base import Kind, Media, Problem, Reference, ShotRequest, TaskState
from storyboard.providers.catalog import Rate
from storyboard.providers.errors import Unreadable

MODEL = apimart.ROWS.models[0]
FRAME = "https://example.com/frame.png"
PICTURE = Reference("https://example.com/cat.jpg", Kind.IMAGE)
CLIP = Reference("https://example.com/dog.mp4", Kind.VIDEO)
ID = "task_01KBS40K78KGHZ9SDBWQSGSXRK"
MP4 = "https://upload.apimart.ai/f/video/1.mp4"
PNG = "https://upload.apimart.ai/f/image/1.png"
RATES = {"720p": Rate(Decimal("0.1717"), Decimal("0.1038"))}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["asset://a", "https://a.example"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "role", "type", "id"]), inner),
    max_leaves=6,
)


def answer(**changes: Any) -> dict[str, Any]:
    data = {
        "id": ID,
        "status": "completed",
        "progress": 100,
        "result": {"videos": [{"url": [MP4], "expires_at": 1765087446}]},
        "created": 1765000891,
        "completed": 1765001046,
        "estimated_time": 600,
        "actual_time": 155,
        "cost": 0.1,
        "credits_cost": 1,
    }
    return {"code": 200, "data": data | changes}


def test_ratio_resolution_audio_and_duration_are_always_said() -> None:
    assert apimart.body(ShotRequest(), MODEL) == {
        "model": "doubao-seedance-2.0",
        "duration": 5,
        "size": "16:9",
        "resolution": "720p",
        "generate_audio": False,
    }


def test_everything_that_a_shot_may_ask_for_has_its_field() -> None:
    request = ShotRequest(
        prompt="A cat", seed=0, search=True, wants_last_frame=True, callback_url="https://a.example/x"
    )
    sent = apimart.body(request, MODEL)
    assert sent["seed"] == 0
    assert sent["tools"] == [{"type": "web_search"}]
    assert sent["return_last_frame"] is True
    assert sent["webhook"] == "https://a.example/x"


def test_the_opening_frame_stands_before_the_references_and_the_tail_before_the_clips() -> None:
    request = ShotRequest(opening=FRAME, references=(PICTURE, CLIP), motion_tail="https://example.com/tail.mp4")
    sent = apimart.body(request, MODEL)
    assert sent["image_urls"] == [FRAME, PICTURE.url]
    assert sent["video_urls"] == ["https://example.com/tail.mp4", CLIP.url]
    assert apimart.unfit(request, MODEL) == []


def test_an_exact_opening_has_the_role_of_the_first_frame() -> None:
    sent = apimart.body(ShotRequest(opening=FRAME, exact=True), MODEL)
    assert sent["image_with_roles"] == [{"url": FRAME, "role": "first_frame"}]
    assert "image_urls" not in sent


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (ShotRequest(safety=False), "safety"),
        (ShotRequest(fallback=True), "fallback"),
        (ShotRequest(opening=FRAME, exact=True, references=(PICTURE,)), "references"),
        (ShotRequest(opening=FRAME, landing=FRAME, references=(CLIP,)), "references"),
        (ShotRequest(opening=FRAME, exact=True, motion_tail=CLIP.url), "motion_tail"),
    ],
    ids=["safety off", "fallback", "exact with an image", "landing with a clip", "exact with motion"],
)
def test_what_a_shot_asks_for_in_vain_is_named(request_: ShotRequest, field: str) -> None:
    assert [problem.field for problem in apimart.unfit(request_, MODEL)] == [field]


def test_what_does_not_go_together_is_sent_and_refused_but_never_dropped() -> None:
    sent = apimart.body(ShotRequest(prompt="A cat", opening=FRAME, exact=True, references=(PICTURE, CLIP)), MODEL)
    assert sent["image_urls"] == [PICTURE.url]
    assert [found.field for found in apimart.problems(sent, {}) if found.code] == ["image_urls", "video_urls"]


def test_a_submitted_task_is_known_by_its_id() -> None:
    assert apimart.parse_submit({"code": 200, "data": [{"status": "submitted", "task_id": ID}]}) == ID


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "ok",
        {},
        {"code": 200, "data": []},
        {"code": 200, "data": [{"status": "submitted"}]},
        {"data": [{"task_id": "../../v1/user/balance"}]},
        {"data": [{"task_id": "task_1234\n"}]},
        {"data": [{"task_id": 12345678}]},
    ],
)
def test_an_answer_without_a_task_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        apimart.parse_submit(raw)


def test_a_completed_task_has_its_clip_its_cost_and_its_dates() -> None:
    raw = answer()
    task = apimart.parse_task(raw)
    assert (task.id, task.state, task.progress) == (ID, TaskState.SUCCEEDED, 100)
    assert task.video_url == MP4
    assert task.expires_at == datetime(2025, 12, 7, 6, 4, 6, tzinfo=UTC)
    assert task.created_at == datetime(2025, 12, 6, 6, 1, 31, tzinfo=UTC)
    assert (task.micro_usd, task.credits) == (100_000, Decimal(1))
    assert task.raw == raw


@pytest.mark.parametrize("url", [MP4, [MP4], ["", MP4]], ids=["string", "array", "array with a gap"])
def test_the_clip_may_be_a_string_or_an_array(url: object) -> None:
    assert apimart.parse_task(answer(result={"videos": [{"url": url}]})).video_url == MP4


@pytest.mark.parametrize(
    "result",
    [
        {"last_frame_url": PNG},
        {"last_frame_url": [PNG]},
        {"videos": [{"url": [MP4], "last_frame_url": PNG}]},
        {"last_frame": PNG},
        {"last_frame": {"url": PNG}},
        {"images": [{"url": PNG}]},
        {"images": [{"url": [PNG]}]},
    ],
)
def test_the_last_frame_is_found_wherever_it_stands(result: dict[str, Any]) -> None:
    assert apimart.parse_task(answer(result=result)).last_frame_url == PNG


def test_a_task_without_a_last_frame_says_so() -> None:
    assert apimart.parse_task(answer()).last_frame_url == ""


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("submitted", TaskState.QUEUED),
        ("pending", TaskState.QUEUED),
        ("processing", TaskState.RUNNING),
        ("in_progress", TaskState.RUNNING),
        ("completed", TaskState.SUCCEEDED),
        ("failed", TaskState.FAILED),
        ("cancelled", TaskState.CANCELLED),
        ("thinking", TaskState.RUNNING),
    ],
)
def test_a_status_word_has_its_state_and_an_unknown_one_runs(word: str, state: TaskState) -> None:
    assert apimart.parse_task(answer(status=word)).state is state


@pytest.mark.parametrize(
    ("given", "micro", "credit"),
    [
        ({"cost": "0.25", "credits_cost": "2.5"}, 250_000, "2.5"),
        ({"cost": 0.3, "credits_cost": None}, 300_000, "3.0"),
        ({"cost": None, "credits_cost": 4}, 400_000, "4"),
        ({"cost": None, "credits_cost": None}, None, None),
        ({"cost": "free", "credits_cost": -1}, None, None),
        ({"cost": "1e400", "credits_cost": "NaN"}, None, None),
    ],
)
def test_cost_and_credits_tell_each_other(given: dict[str, Any], micro: int | None, credit: str | None) -> None:
    task = apimart.parse_task(answer(**given))
    assert (task.micro_usd, task.credits) == (micro, credit and Decimal(credit))


@pytest.mark.parametrize(
    "changes",
    [
        {"result": None},
        {"result": "none"},
        {"result": {"videos": "none", "images": 5}},
        {"result": {"videos": []}},
        {"result": {"videos": [{"url": "javascript:alert(1)", "expires_at": "soon"}]}},
    ],
)
def test_a_strange_result_is_no_clip_and_no_crash(changes: dict[str, Any]) -> None:
    task = apimart.parse_task(answer(progress="all", created="once", model=5, **changes))
    assert (task.video_url, task.last_frame_url, task.expires_at, task.created_at) == ("", "", None, None)
    assert task.state is TaskState.SUCCEEDED


@pytest.mark.parametrize("raw", [None, [], {}, {"data": None}, {"data": {"id": ID}}, {"data": {"status": "failed"}}])
def test_an_answer_without_a_status_or_an_id_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        apimart.parse_task(raw)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        ({"code": "task_failed", "type": "task_failed", "message": "No.", "param": ""}, "task_failed", False),
        ({"code": 400, "type": "invalid_request_error", "message": "No."}, "400", False),
        ({"code": 429, "type": "rate_limit_error", "message": "No."}, "429", True),
        ({"code": 500, "type": "server_error", "message": "No."}, "500", True),
        ({"code": 502, "message": "No."}, "502", True),
        ({"type": "apimart_error", "message": "No."}, "apimart_error", False),
        ("No.", "task_failed", False),
        (None, "task_failed", False),
        (7, "task_failed", False),
    ],
)
def test_a_failed_task_says_why_and_whether_to_try_again(error: object, code: str, *, retryable: bool) -> None:
    found = apimart.parse_task(answer(status="failed", result=None, error=error)).error
    assert found
    assert (found.code, found.retryable) == (code, retryable)
    assert found.message in {"No.", ""}
    assert found.sentence


@pytest.mark.parametrize(
    ("status", "raw", "expected", "word"),
    [
        (402, {"error": {"code": 402, "message": "No.", "type": "payment_required"}}, ("402", "No."), "Top it up"),
        (401, {"error": {"message": "No.", "type": "apimart_error"}}, ("apimart_error", "No."), "key"),
        (403, {"error": "No."}, ("", ""), "rights"),
        (500, {}, ("", ""), ""),
        (418, {"error": {"message": "No."}}, ("", "No."), ""),
    ],
    ids=["documented", "without a code", "a text", "nothing", "unknown"],
)
def test_an_http_error_is_told_by_its_type_its_code_or_its_status(
    status: int, raw: dict[str, Any], expected: tuple[str, str], word: str
) -> None:
    code, message, sentence = apimart.refusal(status, raw)
    assert (code, message) == expected
    assert word in sentence
    assert bool(word) == bool(sentence)


def test_the_balance_is_told_in_credits_and_no_limit_as_none() -> None:
    assert apimart.parse_balance({"success": True, "remain_balance": 9.15, "remain_credits": 91.5}) == Decimal("91.5")
    assert apimart.parse_balance({"remain_balance": "10.5"}) == Decimal(105)
    assert apimart.parse_balance({"remain_balance": -1, "unlimited_quota": True}) is None
    assert apimart.parse_balance({"unlimited_quota": True}) is None
    with pytest.raises(Unreadable):
        apimart.parse_balance({"success": False, "message": "No."})


def test_without_a_rate_the_price_says_so_instead_of_guessing() -> None:
    quote = apimart.price(apimart.body(ShotRequest(), MODEL), MODEL, {})
    assert (quote.credits, quote.micro_usd, quote.rate) == (None, None, None)
    assert "not known" in quote.note


def test_with_rates_the_price_is_the_rate_times_the_seconds_rounded_up() -> None:
    quote = apimart.price(apimart.body(ShotRequest(seconds=7), MODEL), MODEL, {}, RATES)
    assert quote.micro_usd == 1_201_900
    assert quote.credits == quote.reserved_credits == 13
    assert (quote.rate, quote.seconds, quote.note) == (Decimal("0.1717"), Decimal(7), "")


def test_reference_clips_count_as_seconds_and_an_unknown_length_is_mentioned() -> None:
    sent = apimart.body(ShotRequest(references=(CLIP,)), MODEL)
    probed = {CLIP.url: Media(kind=Kind.VIDEO, seconds=Decimal("3.2"))}
    assert apimart.price(sent, MODEL, probed, RATES).micro_usd == 851_160
    unknown = apimart.price(sent, MODEL, {}, RATES)
    assert unknown.micro_usd == 519_000
    assert "length is not known" in unknown.note


@pytest.mark.parametrize("url", ["https://a.example/hooks/1", "https://a.example/hooks/1/"])
def test_apimart_posts_to_callback_below_the_given_address(url: str) -> None:
    assert apimart.callback_target(url) == "https://a.example/hooks/1/callback"


def test_the_pixels_belong_to_the_resolutions_that_a_model_offers() -> None:
    plain, fast = apimart.ROWS.models[:2]
    assert plain.pixels["9:16", "1080p"] == (1080, 1920)
    assert plain.pixels["21:9", "480p"] == (992, 432)
    assert {resolution for _, resolution in fast.pixels} == {"480p", "720p"}


def test_an_error_that_no_page_has_still_gets_an_envelope() -> None:
    missing = Problem(field="id", sentence="", code="404", status=404, message="Not found")
    assert apimart.envelope(missing, "")["error"] == {
        "code": 404,
        "message": "Not found",
        "type": "invalid_request_error",
    }


@given(st.dictionaries(st.sampled_from([param.name for param in MODEL.params[1:]]), JSON))
def test_no_body_however_strange_breaks_the_rules_or_the_price(strange: dict[str, Any]) -> None:
    sent = {"model": MODEL.id} | strange
    assert all(problem.sentence for problem in apimart.problems(sent, {}))
    apimart.price(sent, MODEL, {}, RATES)


@given(JSON, JSON, JSON)
def test_no_answer_however_strange_breaks_the_reading(result: object, error: object, rest: object) -> None:
    strange = answer(status="failed", result=result, error=error, cost=rest, progress=rest, created=rest, model=rest)
    assert apimart.parse_task(strange).state is TaskState.FAILED
    assert apimart.parse_task(answer(result={"videos": result, "images": error, "last_frame": rest})).id == ID
