"""EvoLink: what it is sent for a shot, what it cannot do, and how its answers are read."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from storyboard.providers.base import Kind, Level, Reference, ShotRequest, TaskState
from storyboard.providers.catalog import Rate
from storyboard.providers.errors import Unreadable
from storyboard.providers.evolink import (
    body,
    envelope,
    parse_balance,
    parse_submit,
    parse_task,
    price,
    problems,
    suited,
    unfit,
)
from storyboard.providers.evolink_rows import BY_ID

TEXT, IMAGE, REFERENCE = (BY_ID[f"seedance-2.0-{way}-to-video"] for way in ("text", "image", "reference"))
PICTURE, END = "https://example.com/a.png", "https://example.com/end.png"
CLIP, SOUND = "https://example.com/a.mp4", "https://example.com/a.mp3"
SHOT = ShotRequest(prompt="A cat plays the piano.")
FULL = replace(
    SHOT,
    references=(Reference(PICTURE, Kind.IMAGE), Reference(CLIP, Kind.VIDEO), Reference(SOUND, Kind.AUDIO)),
)


def test_ratio_quality_audio_and_duration_are_always_sent() -> None:
    assert body(SHOT, TEXT) == {
        "model": "seedance-2.0-text-to-video",
        "prompt": "A cat plays the piano.",
        "duration": 5,
        "quality": "720p",
        "aspect_ratio": "16:9",
        "generate_audio": False,
    }


def test_the_opening_frame_is_the_first_image_and_the_ending_the_second() -> None:
    shot = replace(SHOT, opening=PICTURE, landing=END)
    assert body(shot, IMAGE)["image_urls"] == [PICTURE, END]
    assert unfit(shot, IMAGE) == []


def test_the_opening_frame_and_the_motion_tail_stand_before_the_references() -> None:
    shot = replace(FULL, opening=END, motion_tail="https://example.com/tail.mp4")
    sent = body(shot, REFERENCE)
    assert sent["image_urls"] == [END, PICTURE]
    assert sent["video_urls"] == ["https://example.com/tail.mp4", CLIP]
    assert sent["audio_urls"] == [SOUND]


def test_search_safety_and_callback_are_sent_when_asked() -> None:
    sent = body(replace(SHOT, search=True, safety=False, callback_url="https://example.com/hook"), TEXT)
    assert sent["model_params"] == {"web_search": True}
    assert sent["content_filter"] is False
    assert sent["callback_url"] == "https://example.com/hook"


@pytest.mark.parametrize("model", BY_ID.values(), ids=lambda model: model.id)
def test_what_a_model_is_sent_for_a_shot_that_suits_it_is_accepted(model: Any) -> None:
    shots = {"text": SHOT, "image": replace(SHOT, opening=PICTURE), "reference": FULL}
    shot = next(shot for way, shot in shots.items() if f"-{way}-to" in model.id)
    assert unfit(shot, model) == []
    assert problems(body(shot, model), {}) == []


@pytest.mark.parametrize(
    ("model", "changes", "fields"),
    [
        (TEXT, {"seed": 7}, ["seed"]),
        (TEXT, {"fallback": True}, ["fallback"]),
        (REFERENCE, {"search": True}, ["search"]),
        (TEXT, {"opening": PICTURE}, ["opening"]),
        (TEXT, {"references": FULL.references}, ["references"]),
        (TEXT, {"motion_tail": CLIP}, ["motion_tail"]),
        (TEXT, {"opening": PICTURE, "landing": END}, ["opening", "landing"]),
        (IMAGE, {}, ["opening"]),
        (IMAGE, {"landing": END}, ["opening"]),
        (IMAGE, {"opening": PICTURE, "references": FULL.references}, ["references"]),
        (REFERENCE, {"opening": PICTURE, "exact": True}, ["exact"]),
        (REFERENCE, {"opening": PICTURE, "landing": END, "exact": True}, ["exact", "landing"]),
        (REFERENCE, {"references": FULL.references, "landing": END}, ["landing"]),
    ],
)
def test_what_a_model_cannot_do_is_named(model: Any, changes: dict[str, Any], fields: list[str]) -> None:
    found = [one for one in unfit(replace(SHOT, **changes), model) if one.level is Level.PROBLEM]
    assert [one.field for one in found] == fields
    assert all(one.sentence for one in found)


def test_a_missing_last_frame_and_a_loose_opening_are_warnings() -> None:
    found = unfit(replace(SHOT, opening=PICTURE, wants_last_frame=True), REFERENCE)
    assert [(one.field, one.level) for one in found] == [
        ("opening", Level.WARNING),
        ("wants_last_frame", Level.WARNING),
    ]


def test_the_sibling_that_suits_a_shot_is_of_the_same_tier() -> None:
    fast = BY_ID["seedance-2.0-fast-text-to-video"]
    assert suited(SHOT, fast) is fast
    assert suited(replace(SHOT, opening=PICTURE), fast).id == "seedance-2.0-fast-image-to-video"
    assert suited(FULL, fast).id == "seedance-2.0-fast-reference-to-video"


def test_a_field_that_evolink_does_not_know_is_a_warning() -> None:
    found = problems(body(SHOT, TEXT) | {"return_last_frame": True}, {})
    assert [(one.field, one.level) for one in found] == [("return_last_frame", Level.WARNING)]


def test_reference_to_video_without_a_reference_is_a_warning() -> None:
    found = problems(body(SHOT, REFERENCE), {})
    assert [(one.field, one.level) for one in found] == [("image_urls", Level.WARNING)]


@pytest.mark.parametrize(("prompt", "warned"), [("猫" * 500, 0), ("猫" * 501, 1), ("a " * 1000, 0), ("a " * 1001, 1)])
def test_a_prompt_longer_than_advised_is_a_warning(prompt: str, warned: int) -> None:
    assert [one.level for one in problems(body(replace(SHOT, prompt=prompt), TEXT), {})] == [Level.WARNING] * warned


def test_a_named_host_may_be_called_back_although_it_is_private() -> None:
    sent = body(replace(SHOT, callback_url="http://127.0.0.1:8000/hook"), TEXT)
    assert problems(sent, {}, hosts=frozenset({"127.0.0.1:8000"})) == []
    assert len(problems(sent, {}, hosts=frozenset({"127.0.0.1:9000"}))) == 1


def test_several_problems_come_in_the_order_of_the_page() -> None:
    sent = {"model": REFERENCE.id, "quality": "4k", "duration": 99, "image_urls": ["x"], "callback_url": "http://a"}
    assert [one.field for one in problems(sent, {})] == [
        "prompt",
        "image_urls",
        "duration",
        "quality",
        "callback_url",
    ]


def test_a_video_that_was_not_measured_has_no_price() -> None:
    quote = price(body(FULL, REFERENCE), REFERENCE, {CLIP: None})
    assert quote.micro_usd is None
    assert "not known yet" in quote.note


def test_a_teams_own_rate_counts_also_where_evolink_states_none() -> None:
    sent = body(replace(SHOT, safety=False, resolution="1080p"), TEXT)
    quote = price(sent, TEXT, {}, {"1080p": Rate(Decimal("0.4000001"), Decimal(1))})
    assert (quote.micro_usd, quote.seconds, quote.rate) == (2_000_001, Decimal(5), Decimal("0.4000001"))


CREATED: dict[str, Any] = {
    "created": 1761313744,
    "id": "task-unified-1774857405-abc123",
    "model": "seedance-2.0-reference-to-video",
    "object": "video.generation.task",
    "progress": 0,
    "status": "pending",
    "type": "video",
    "task_info": {"can_cancel": True, "estimated_time": 165, "video_duration": 8},
    "usage": {"billing_rule": "per_second", "credits_reserved": 50, "user_group": "default"},
}


def test_a_created_task_is_read() -> None:
    task = parse_task(CREATED)
    assert parse_submit(CREATED) == task.id == "task-unified-1774857405-abc123"
    assert (task.state, task.progress, task.credits) == (TaskState.QUEUED, 0, Decimal(50))
    assert task.created_at is not None
    assert task.created_at.isoformat() == "2025-10-24T13:49:04+00:00"
    assert task.raw == CREATED


@pytest.mark.parametrize(
    "result",
    [
        {"results": ["https://example.com/video.mp4"]},
        {"result_data": [{"video_url": "https://example.com/video.mp4", "title": "new"}]},
        {"output": {"video_url": "https://example.com/video.mp4"}},
    ],
)
def test_the_clips_address_is_found_wherever_a_page_puts_it(result: dict[str, Any]) -> None:
    task = parse_task(CREATED | {"status": "completed", "progress": 100} | result)
    assert (task.state, task.video_url) == (TaskState.SUCCEEDED, "https://example.com/video.mp4")


def test_a_cancelled_task_is_told_from_its_error() -> None:
    failed = CREATED | {"status": "failed", "error": {"code": "request_cancelled", "message": ""}}
    assert parse_task(failed).state is TaskState.CANCELLED


def test_an_unknown_word_is_running_and_an_unknown_code_is_not_tried_again() -> None:
    task = parse_task(CREATED | {"status": "dreaming", "error": {"code": 77}})
    assert task.state is TaskState.RUNNING
    assert task.error is not None
    assert not task.error.retryable


@pytest.mark.parametrize("raw", [None, [], "task", {}, {"id": 5}, {"id": "a/../b"}, {"id": ".."}, {"id": ""}])
def test_an_answer_without_a_usable_id_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        parse_submit(raw)


@pytest.mark.parametrize(
    ("raw", "credits_left"),
    [
        (
            {"success": True, "data": {"token": {"remaining_credits": 99999}, "user": {"remaining_credits": 1.2327}}},
            "1.2327",
        ),
        ({"data": {"user": {"remaining_credits": "12"}}}, "12"),
        ({"data": {"user": {"remaining_credits": "many"}}}, None),
        ({"data": []}, None),
    ],
)
def test_the_balance_is_the_accounts_not_the_keys(raw: object, credits_left: str | None) -> None:
    assert parse_balance(raw) == (None if credits_left is None else Decimal(credits_left))


def test_a_field_of_another_kind_hides_nothing_else() -> None:
    odd = {"progress": 0.5, "created": 10**30, "usage": [], "error": "no", "result_data": 7, "output": 1, "model": {}}
    task = parse_task(CREATED | odd | {"status": "completed", "results": ["https://example.com/video.mp4"]})
    assert (task.state, task.video_url) == (TaskState.SUCCEEDED, "https://example.com/video.mp4")
    assert (task.progress, task.created_at, task.credits, task.error) == (None, None, None, None)
    assert parse_submit(CREATED | odd) == task.id


def test_the_error_body_is_evolinks() -> None:
    first = problems({"model": TEXT.id}, {})[0]
    assert envelope(first, "req_1") == {
        "error": {"code": 400, "message": "prompt is required", "type": "invalid_request_error", "param": "prompt"}
    }
