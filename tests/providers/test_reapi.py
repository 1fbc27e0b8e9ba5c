"""reAPI beyond its tables: what a model cannot do, what a shot costs, and what the answers mean."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from storyboard.providers import reapi
from storyboard.providers.base import Body, Kind, Level, Media, Problem, Reference, ShotRequest, TaskState
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.errors import Unreadable

MODELS = {model.id: model for model in reapi.ROWS.models}
PLAIN, FACE, FAST = (MODELS[f"doubao-seedance-2.0{end}"] for end in ("", "-face", "-fast"))
OFFICIAL, MINI = MODELS["doubao-seedance-2.0-official"], MODELS["seedance-2.0-mini"]
SHOT = ShotRequest(prompt="A kitten yawns, slow push-in, warm tones")
FRAME, STILL, CLIP, TAIL = (f"https://files.example/{name}" for name in ("f.png", "s.png", "c.mp4", "t.mp4"))
IMAGES, VIDEOS = (Reference(STILL, Kind.IMAGE),), (Reference(CLIP, Kind.VIDEO),)
TASK = "task_018f5a3a1b6e7d9f8c2b4d6e8f0a2c4e"


def clip(seconds: str) -> Media:
    return Media(kind=Kind.VIDEO, seconds=Decimal(seconds), width=1280, height=720)


def cost(model: Model, media: dict[str, Media | None] | None = None, /, **fields: Any) -> tuple[int | None, int | None]:
    quote = reapi.price(fields | {"fallback": {"enabled": False}}, model, media or {})
    return quote.credits, quote.micro_usd


@pytest.mark.parametrize(
    ("field", "request_", "model"),
    [
        ("seed", replace(SHOT, seed=7), FACE),
        ("callback_url", replace(SHOT, callback_url="https://app.example/hook"), FACE),
        ("safety", replace(SHOT, safety=False), OFFICIAL),
        ("fallback", replace(SHOT, fallback=True), OFFICIAL),
        ("fallback", replace(SHOT, fallback=True), MINI),
        ("fallback", replace(SHOT, fallback=True, safety=False), FACE),
        ("landing", replace(SHOT, landing=STILL), FACE),
        ("seed", replace(SHOT, seed=7), MINI),
        ("callback_url", replace(SHOT, callback_url="https://app.example/hook"), MINI),
    ],
)
def test_what_a_model_cannot_do_is_named(field: str, request_: ShotRequest, model: Model) -> None:
    found = [problem for problem in reapi.unfit(request_, model) if problem.level is Level.PROBLEM]
    assert [problem.field for problem in found] == [field]
    assert found[0].sentence.endswith(".")


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_a_plain_shot_suits_every_model(model: Model) -> None:
    assert reapi.unfit(SHOT, model) == []
    assert reapi.problems(reapi.body(SHOT, model), {}) == []


def test_a_switched_off_safety_check_is_no_promise() -> None:
    assert [p.level for p in reapi.unfit(replace(SHOT, safety=False), FACE)] == [Level.WARNING]
    assert reapi.body(replace(SHOT, safety=False), FACE)["nsfw_checker"] is False


def test_the_low_cost_model_returns_no_last_frame() -> None:
    found = reapi.unfit(replace(SHOT, wants_last_frame=True), MINI)
    assert [(problem.field, problem.level) for problem in found] == [("wants_last_frame", Level.WARNING)]


def test_a_hand_off_frame_goes_in_front_of_the_other_pictures() -> None:
    sent = reapi.body(replace(SHOT, opening=FRAME, references=IMAGES + VIDEOS, motion_tail=TAIL), FACE)
    assert sent["image_urls"] == [FRAME, STILL]
    assert sent["video_urls"] == [TAIL, CLIP]
    assert reapi.problems(sent, {}) == []


def test_an_exact_opening_has_its_role_and_nothing_beside_it() -> None:
    sent = reapi.body(replace(SHOT, opening=FRAME, exact=True, references=IMAGES), FACE)
    assert sent["image_with_roles"] == [{"url": FRAME, "role": "first_frame"}]
    assert sent["image_urls"] == [STILL]
    assert [problem.code for problem in reapi.problems(sent, {})] == ["20003"]


def test_the_low_cost_model_opens_and_lands_on_frames() -> None:
    sent = reapi.body(replace(SHOT, opening=FRAME, landing=STILL, exact=True), MINI)
    assert (sent["first_frame_url"], sent["last_frame_url"]) == (FRAME, STILL)
    assert reapi.problems(sent, {}) == []
    beside = reapi.body(replace(SHOT, opening=FRAME, motion_tail=TAIL), MINI)
    assert beside["reference_video_urls"] == [TAIL]
    assert [problem.field for problem in reapi.problems(beside, {})] == ["reference_video_urls"]


def test_web_search_is_said_in_each_model_s_words() -> None:
    asked = replace(SHOT, search=True)
    assert reapi.body(asked, FACE)["tools"] == [{"type": "web_search"}]
    assert reapi.body(asked, MINI)["web_search"] is True


@pytest.mark.parametrize("value", [[], {}, 5, True, "x", None, [None], [[]], [{}]])
@pytest.mark.parametrize("model", [FACE, MINI], ids=["family", "mini"])
def test_no_shape_of_body_upsets_the_rules_or_the_price(value: object, model: Model) -> None:
    for param in model.params:
        body: Body = {"model": model.id, "prompt": "A kitten", param.name: value}
        assert all(isinstance(problem, Problem) for problem in reapi.problems(body, {}))
        reapi.price(body, model, {})


# 720p: 0.171776 a second for text, 0.10384 with references.
def test_text_is_billed_by_the_second_and_rounded_up() -> None:
    assert cost(PLAIN, duration=6) == (1031, 1_031_000)  # 6 × 171.776 = 1030.656


def test_the_page_s_worked_example() -> None:
    found = cost(PLAIN, {CLIP: clip("5")}, video_urls=[CLIP], duration=6, resolution="720p")
    assert found == (1143, 1_143_000)  # (5 + 6) × 103.84 = 1142.24


@pytest.mark.parametrize(
    ("field", "value"),
    [("image_urls", [FRAME]), ("image_with_roles", [{"url": FRAME, "role": "first_frame"}]), ("audio_urls", [FRAME])],
)
def test_pictures_and_sounds_lower_the_rate_and_add_no_seconds(field: str, value: object) -> None:
    assert cost(PLAIN, None, duration=6, **{field: value}) == (624, 624_000)  # 6 × 103.84 = 623.04


def test_a_part_of_a_second_is_billed_as_a_part() -> None:
    found = reapi.price({"video_urls": [CLIP], "duration": 4}, PLAIN, {CLIP: clip("2.041667")})
    assert (found.seconds, found.credits) == (Decimal("6.041667"), 628)  # 627.37


def test_what_comes_out_even_is_not_rounded_up() -> None:
    rates = {"720p": Rate(Decimal("0.1"), Decimal("0.05"))}
    found = reapi.price({"duration": 10}, PLAIN, {}, rates)
    assert (found.credits, found.rate, found.as_of) == (1000, Decimal("0.1"), None)


def test_references_are_cheaper_in_every_cell() -> None:
    cells = [rate for model in MODELS.values() for rate in model.rates.values()]
    assert len(cells) == 3 * 4 + 3 * 2
    assert all(rate.ref < rate.text for rate in cells)


def test_the_dearer_attempt_is_reserved_with_a_fallback() -> None:
    found = reapi.price({"duration": 5, "fallback": {"enabled": True}}, FAST, {})
    assert (found.credits, found.reserved_credits) == (691, 1175)  # 5 × 138.16; 5 × 234.96
    assert "1,175" in found.note


@pytest.mark.parametrize(
    "fields", [{"fallback": {"enabled": False}}, {"fallback": {"enabled": True}, "nsfw_checker": False}]
)
def test_without_a_fallback_only_the_price_is_reserved(fields: Body) -> None:
    found = reapi.price({"duration": 5} | fields, FAST, {})
    assert found.credits == found.reserved_credits == 691


def test_a_body_that_leaves_the_fallback_out_has_one() -> None:
    assert reapi.price({"duration": 5}, FAST, {}).reserved_credits == 1175
    assert reapi.price({"duration": 5}, OFFICIAL, {}).reserved_credits == 852


@pytest.mark.parametrize("media", [{}, {CLIP: None}, {CLIP: Media(kind=Kind.VIDEO)}])
def test_an_unmeasured_reference_video_has_no_price_yet(media: dict[str, Media | None]) -> None:
    found = reapi.price({"video_urls": [CLIP]}, PLAIN, media)
    assert (found.credits, found.reserved_credits, found.micro_usd) == (None, None, None)
    assert "not known yet" in found.note


MINI_RATES = {"720p": Rate(Decimal("0.0123"), Decimal("0.0077"))}


def test_the_low_cost_model_says_that_its_price_is_not_known() -> None:
    found = reapi.price({"duration": 5}, MINI, {})
    assert found.credits is None
    assert "not known" in found.note


def test_the_low_cost_model_rounds_the_sum_of_its_videos_up() -> None:
    media = {CLIP: clip("2.2"), TAIL: clip("2.3")}
    found = reapi.price({"reference_video_urls": [CLIP, TAIL], "duration": 6}, MINI, media, MINI_RATES)
    assert found.seconds == 11  # 6 + ceil(4.5), not 6 + 3 + 3
    assert (found.credits, found.basis) == (85, "ref")  # 84.7


@pytest.mark.parametrize("field", ["reference_image_urls", "reference_audio_urls"])
def test_only_a_video_makes_the_low_cost_model_cheaper(field: str) -> None:
    found = reapi.price({field: [FRAME]}, MINI, {}, MINI_RATES)
    assert (found.credits, found.basis, found.reserved_credits) == (62, "text", 62)  # 5 × 12.3 = 61.5


def test_the_submit_answer_gives_the_task_s_id() -> None:
    raw = {"id": TASK, "model": FACE.id, "status": "processing", "created_at": 1735000000, "new": {}}
    assert reapi.parse_submit(raw) == TASK
    task = reapi.parse_task(raw)
    assert (task.state, task.created_at, task.raw) == (
        TaskState.RUNNING,
        datetime(2024, 12, 24, 0, 26, 40, tzinfo=UTC),
        raw,
    )


@pytest.mark.parametrize("raw", [None, [], "ok", {}, {"id": ""}, {"id": 7}, {"id": "../x"}, {"task_id": TASK}])
def test_an_answer_without_a_usable_id_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        reapi.parse_submit(raw)


def test_a_completed_task_has_its_clip_and_its_last_frame() -> None:
    output = {"video_urls": ["https://cdn.reapi.ai/0.mp4"], "last_frame_url": "https://cdn.reapi.ai/0.png"}
    task = reapi.parse_task({"id": TASK, "status": "completed", "output": output, "error": None})
    assert (task.state, task.video_url) == (TaskState.SUCCEEDED, "https://cdn.reapi.ai/0.mp4")
    assert (task.last_frame_url, task.error) == ("https://cdn.reapi.ai/0.png", None)


@pytest.mark.parametrize(("code", "retryable"), [(80007, False), (50001, True), ("new_word", False)])
def test_a_failed_task_says_why_and_whether_to_try_again(code: object, retryable: bool) -> None:
    raw = {"id": TASK, "status": "failed", "output": None, "error": {"code": code, "message": "No."}}
    task = reapi.parse_task(raw)
    assert task.state is TaskState.FAILED
    assert task.error is not None
    assert (task.error.code, task.error.message, task.error.retryable) == (str(code), "No.", retryable)


def test_a_word_that_is_not_known_means_that_it_goes_on() -> None:
    assert reapi.parse_task({"id": TASK, "status": "thinking"}).state is TaskState.RUNNING


def test_an_error_goes_out_in_the_vendor_s_envelope() -> None:
    problem = reapi.problems({"model": FACE.id}, {})[0]
    sent = reapi.envelope(problem, "req_1")
    message = "prompt: Invalid input: expected string, received undefined"
    assert sent == {"error": {"code": 20002, "message": message, "request_id": "req_1"}}


@pytest.mark.parametrize(
    ("raw", "credits_"),
    [(1200, 1200), ({"credits": 1200}, 1200), ({"data": {"balance": "12.5"}}, "12.5"), ({}, None), ("a", None)],
)
def test_a_balance_is_read_from_the_likely_places(raw: object, credits_: int | str | None) -> None:
    assert reapi.parse_balance(raw) == (None if credits_ is None else Decimal(credits_))
