"""Ark: what it is sent for a shot, what it cannot do, and how its answers are read."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from storyboard.providers.ark import (
    body,
    charged,
    envelope,
    list_query,
    parse_balance,
    parse_list,
    parse_submit,
    parse_task,
    price,
    problems,
    unfit,
    used_tokens,
)
from storyboard.providers.ark_rows import BY_ID
from storyboard.providers.base import Kind, Level, Media, Reference, ShotRequest, TaskState
from storyboard.providers.catalog import Rate
from storyboard.providers.errors import Unreadable

MODEL, MINI = BY_ID["dreamina-seedance-2-0-260128"], BY_ID["dreamina-seedance-2-0-mini-260615"]
PICTURE, END = "https://example.com/a.png", "https://example.com/end.png"
CLIP, SOUND = "https://example.com/a.mp4", "https://example.com/a.mp3"
SHOT = ShotRequest(prompt="A cat plays the piano.")
REFERENCES = (Reference(SOUND, Kind.AUDIO), Reference(CLIP, Kind.VIDEO), Reference(PICTURE, Kind.IMAGE))


def roles(shot: ShotRequest) -> list[str]:
    return [item.get("role", item["type"]) for item in body(shot, MODEL)["content"]]


def test_ratio_resolution_audio_and_duration_are_always_sent() -> None:
    assert body(SHOT, MODEL) == {
        "model": "dreamina-seedance-2-0-260128",
        "content": [{"type": "text", "text": "A cat plays the piano."}],
        "resolution": "720p",
        "ratio": "16:9",
        "duration": 5,
        "generate_audio": False,
    }


def test_everything_else_is_sent_when_asked() -> None:
    shot = replace(SHOT, wants_last_frame=True, callback_url="https://example.com/hook", search=True, seed=0)
    sent = body(shot, MODEL)
    assert sent["return_last_frame"] is True
    assert sent["callback_url"] == "https://example.com/hook"
    assert sent["tools"] == [{"type": "web_search"}]
    assert sent["seed"] == 0
    assert unfit(shot, MODEL) == problems(sent, {}) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"opening": PICTURE}, ["text", "first_frame"]),
        ({"opening": PICTURE, "exact": True}, ["text", "first_frame"]),
        ({"opening": PICTURE, "landing": END}, ["text", "first_frame", "last_frame"]),
        ({"references": REFERENCES}, ["text", "reference_image", "reference_video", "reference_audio"]),
        ({"motion_tail": CLIP}, ["text", "reference_video"]),
        ({"opening": END, "motion_tail": CLIP}, ["text", "reference_image", "reference_video"]),
        ({"prompt": "", "opening": PICTURE}, ["first_frame"]),
    ],
)
def test_each_joint_has_its_scene(changes: dict[str, Any], expected: list[str]) -> None:
    shot = replace(SHOT, **changes)
    assert roles(shot) == expected
    assert problems(body(shot, MODEL), {}) == []
    assert [one for one in unfit(shot, MODEL) if one.level is Level.PROBLEM] == []


def test_an_opening_frame_beside_references_is_a_warning() -> None:
    found = unfit(replace(SHOT, opening=PICTURE, references=REFERENCES), MODEL)
    assert [(one.field, one.level) for one in found] == [("opening", Level.WARNING)]


@pytest.mark.parametrize(
    ("model", "changes", "fields"),
    [
        (MINI, {"search": True}, ["search"]),
        (MODEL, {"safety": False}, ["safety"]),
        (MODEL, {"fallback": True}, ["fallback"]),
        (MODEL, {"opening": PICTURE, "exact": True, "references": REFERENCES}, ["exact"]),
        (MODEL, {"opening": PICTURE, "landing": END, "motion_tail": CLIP}, ["landing"]),
        (MODEL, {"landing": END}, ["landing"]),
    ],
)
def test_what_a_model_cannot_do_is_named(model: Any, changes: dict[str, Any], fields: list[str]) -> None:
    assert [one.field for one in unfit(replace(SHOT, **changes), model)] == fields


def test_several_problems_come_in_the_order_of_the_documentation() -> None:
    sent = {"model": MODEL.id, "seed": -2, "duration": 99, "callback_url": "x", "content": [], "frames": 29}
    assert [one.field for one in problems(sent, {})] == ["content", "callback_url", "duration", "seed", "frames"]


@pytest.mark.parametrize("content", [[{"type": {}}], [{"type": "image_url", "image_url": 5}], [{}], [{"text": "x"}]])
def test_a_malformed_content_is_refused_and_never_breaks(content: list[Any]) -> None:
    assert {one.code for one in problems({"model": MODEL.id, "content": content}, {})} == {"InvalidParameter"}


def test_a_field_that_ark_does_not_know_is_a_warning() -> None:
    found = problems(body(SHOT, MODEL) | {"quality": "720p", "draft": False}, {})
    assert [(one.field, one.level) for one in found] == [("quality", Level.WARNING)]


def test_a_teams_own_rate_is_per_thousand_tokens_and_cheaper_with_a_video() -> None:
    rates = {"720p": Rate(Decimal("0.007"), Decimal("0.0043"))}
    assert price(body(SHOT, MINI), MINI, {}, rates).micro_usd == 756_000
    sent = body(replace(SHOT, motion_tail=CLIP), MODEL)
    quote = price(sent, MODEL, {CLIP: Media(kind=Kind.VIDEO, seconds=Decimal(5))}, rates)
    assert (quote.micro_usd, quote.note) == (928_800, "")


def test_with_a_video_nothing_is_listed() -> None:
    sent = body(replace(SHOT, motion_tail=CLIP), MODEL)
    assert price(sent, MODEL, {}).micro_usd is None
    assert price(sent, MODEL, {CLIP: Media(kind=Kind.VIDEO, seconds=Decimal(5))}).micro_usd is None


DONE: dict[str, Any] = {
    "id": "cgt-20260514183217-t8rzv",
    "model": "doubao-seedance-2-0-260128",
    "status": "succeeded",
    "content": {"video_url": "https://example.com/clip.mp4", "last_frame_url": "https://example.com/last"},
    "usage": {"completion_tokens": 108900, "total_tokens": 108900},
    "created_at": 1778754737,
    "updated_at": 1778755025,
    "seed": 1276,
    "resolution": "720p",
    "ratio": "16:9",
    "duration": 5,
    "framespersecond": 24,
    "service_tier": "default",
    "execution_expires_after": 172800,
    "generate_audio": True,
    "draft": False,
    "priority": 0,
    "error": None,
}


def test_a_finished_task_is_read() -> None:
    task = parse_task(DONE)
    assert parse_submit(DONE) == task.id == "cgt-20260514183217-t8rzv"
    assert (task.state, task.video_url) == (TaskState.SUCCEEDED, "https://example.com/clip.mp4")
    assert task.last_frame_url == "https://example.com/last"
    assert task.created_at is not None
    assert task.expires_at is not None
    assert task.expires_at.timestamp() == 1778755025 + 86_400
    assert task.raw == DONE


def test_the_tokens_of_a_finished_task_settle_its_price() -> None:
    used = used_tokens(parse_task(DONE))
    assert used == 108_900
    assert charged(used, body(SHOT, MODEL), MODEL).micro_usd == 1_524_600


def test_a_task_asked_for_too_late_has_no_clip() -> None:
    task = parse_task(DONE | {"content": None})
    assert (task.state, task.video_url, task.expires_at) == (TaskState.SUCCEEDED, "", None)


def test_a_field_of_another_kind_hides_nothing_else() -> None:
    odd = {"created_at": 10**30, "usage": [], "error": "no", "status": 7, "model": None}
    task = parse_task(DONE | odd)
    assert (task.state, task.video_url) == (TaskState.RUNNING, "https://example.com/clip.mp4")
    assert (task.created_at, task.error, used_tokens(task)) == (None, None, None)


@pytest.mark.parametrize("raw", [None, [], "task", {}, {"id": 5}, {"id": "a/../b"}, {"id": "."}])
def test_an_answer_without_a_usable_id_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        parse_submit(raw)


def test_a_list_is_asked_for_and_read() -> None:
    assert list_query(2, 50, ["cgt-1", "cgt-2"], status="running", model="") == [
        ("page_num", "2"),
        ("page_size", "50"),
        ("filter.task_ids", "cgt-1"),
        ("filter.task_ids", "cgt-2"),
        ("filter.status", "running"),
    ]
    tasks, total = parse_list({"items": [DONE], "total": 101})
    assert ([task.id for task in tasks], total) == ([DONE["id"]], 101)
    with pytest.raises(Unreadable):
        parse_list({"items": None})


def test_the_face_rule_has_a_sentence_of_its_own() -> None:
    code = "InputImageSensitiveContentDetected.PrivacyInformation"
    error = parse_task(DONE | {"status": "failed", "error": {"code": code, "message": ""}}).error
    assert error is not None
    assert "real face" in error.sentence


def test_the_error_body_is_arks_and_names_the_request() -> None:
    first = problems({"model": MODEL.id}, {})[0]
    error = envelope(first, "req-1")["error"]
    assert (error["code"], error["param"], error["type"]) == ("InvalidParameter", "content", "BadRequest")
    assert error["message"].endswith("Request id: req-1")
    assert parse_balance({}) is None
