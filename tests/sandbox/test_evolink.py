"""EvoLink's side of the sandbox: what a body orders, whom it may call back, and how a task is worded."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from storyboard.providers import evolink as vendor
from storyboard.providers.base import TaskState
from storyboard.sandbox.dialects import evolink
from tests.sandbox.asking import BODIES, FILM, ONE, SONG, TWO, asker, clip, order_of, picture, task_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = BODIES["evolink"]
IMAGE, REFERENCE = "seedance-2.0-image-to-video", "seedance-2.0-reference-to-video"
FILES = "http://testserver/sandbox/files"


def test_an_id_holds_its_second() -> None:
    assert re.fullmatch(r"task-unified-1795262400-[a-z0-9]{8}", evolink.new_id(NOW))


def test_what_is_left_out_is_the_page_s_default() -> None:
    order = order_of("evolink", {"quality": "", "content_filter": None})
    assert (order.ratio, order.resolution, order.seconds, order.audio) == ("16:9", "720p", 5, True)
    assert (order.wants_last_frame, order.callback_url) == (False, "")


def test_only_image_to_video_opens_and_ends_on_its_pictures() -> None:
    framed = order_of("evolink", {"model": IMAGE, "image_urls": [ONE, TWO]})
    assert (framed.opening, framed.landing, framed.references) == (ONE, TWO, ())
    loose = order_of("evolink", {"model": REFERENCE, "image_urls": [ONE], "video_urls": [FILM], "audio_urls": [SONG]})
    assert (loose.opening, loose.landing, loose.references) == ("", "", (ONE, FILM))


def test_an_adaptive_ratio_comes_from_the_video_before_the_picture() -> None:
    body = {"model": REFERENCE, "aspect_ratio": "adaptive", "image_urls": [ONE], "video_urls": [FILM]}
    assert order_of("evolink", body, {ONE: picture(9, 16), FILM: clip("5", 960, 960)}).ratio == "1:1"
    assert order_of("evolink", {"aspect_ratio": "adaptive"}).ratio == "16:9"


@pytest.mark.parametrize(
    ("ratio", "quality", "size"),
    [("16:9", "480p", (864, 496)), ("3:4", "720p", (834, 1112)), ("21:9", "1080p", (2206, 946))],
)
def test_pixels_are_those_of_the_page(ratio: str, quality: str, size: tuple[int, int]) -> None:
    order = order_of("evolink", {"aspect_ratio": ratio, "quality": quality})
    assert (order.width, order.height) == size


def test_the_charge_is_the_list_s_price() -> None:
    assert evolink.charge(order_of("evolink", BODY), BODY, {}).reserved == 992_500  # 5 × .1985
    body, media = BODY | {"model": REFERENCE, "video_urls": [FILM]}, {FILM: clip("8")}
    assert evolink.charge(order_of("evolink", body, media), body, media).price == 1_571_700  # (8 + 5) × .1209


@pytest.mark.parametrize(
    "changes", [{"quality": "1080p"}, {"content_filter": False}, {"model": "seedance-2.0-mini-text-to-video"}]
)
def test_where_no_rate_is_published_a_second_is_ten_cents(changes: dict[str, object]) -> None:
    assert evolink.charge(order_of("evolink", changes), BODY | changes, {}).price == 500_000


def test_a_new_task_is_pending_with_an_estimate() -> None:
    task = task_of("evolink", BODY | {"duration": 8}, created_at=NOW, due_at=NOW + timedelta(seconds=165))
    assert evolink.created(task) == {
        "created": 1795262400,
        "id": task.remote_id,
        "model": "seedance-2.0-text-to-video",
        "object": "video.generation.task",
        "progress": 0,
        "status": "pending",
        "type": "video",
        "task_info": {"can_cancel": True, "estimated_time": 165, "video_duration": 8},
        "usage": {"billing_rule": "per_second", "credits_reserved": 158.8, "user_group": "default"},
    }


def test_a_running_task_says_how_far_it_is() -> None:
    task = task_of("evolink", BODY, state=TaskState.RUNNING, started_at=NOW, due_at=NOW + timedelta(seconds=10))
    shown = evolink.shown(task, NOW + timedelta(seconds=5))
    assert (shown["status"], shown["progress"]) == ("processing", 50)
    assert "results" not in shown


def test_a_finished_task_has_its_results() -> None:
    task = task_of("evolink", BODY, state=TaskState.SUCCEEDED)
    shown = evolink.shown(task, NOW)
    assert shown["results"] == [f"{FILES}/{task.token}/0.mp4"]
    assert (shown["status"], shown["progress"], shown["task_info"]["can_cancel"]) == ("completed", 100, False)
    assert vendor.parse_task(shown).video_url == shown["results"][0]


@pytest.mark.parametrize(("value", "code"), [("", "service_error"), ("quota_exceeded", "quota_exceeded"), ("x", "x")])
def test_a_failed_task_has_a_word_for_a_code(value: str, code: str) -> None:
    said, message = evolink.failure("fail", value)
    task = task_of("evolink", BODY, state=TaskState.FAILED, error_code=said, error_message=message)
    shown = evolink.shown(task, NOW)
    assert (shown["status"], shown["error"]) == ("failed", {"code": code, "message": message})
    assert (shown["progress"], shown["usage"]["credits_reserved"]) == (0, 0)


def test_a_cancelled_task_has_no_status_of_its_own() -> None:
    shown = evolink.shown(task_of("evolink", BODY, state=TaskState.CANCELLED), NOW)
    assert (shown["status"], shown["error"]["code"]) == ("failed", "request_cancelled")


@override_settings(PUBLIC_URL="http://localhost:8150", SANDBOX_MEDIA_HOSTS=frozenset({"10.0.0.7:9000"}))
@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://films.example.com/hook", 200),
        ("http://films.example.com/hook", 400),
        ("https://10.0.0.8/hook", 400),
        ("http://10.0.0.7:9000/hook", 200),
        ("http://localhost:8150/hook", 200),
        ("http://localhost:8151/hook", 400),
    ],
)
def test_a_callback_is_https_and_public_or_named(url: str, status: int) -> None:
    answer = asker("evolink").submit(BODY | {"callback_url": url})
    assert answer.status == status
    if status == 400:
        assert answer.error["param"] == "callback_url"


@pytest.mark.parametrize(
    ("own", "url"),
    [
        ("https://10.0.0.9", "https://10.0.0.9/hook"),
        ("https://10.0.0.9", "https://10.0.0.9:443/hook"),
        ("http://[::1]:8150", "http://[::1]:8150/hook"),
    ],
)
def test_this_app_is_named_by_its_public_address(own: str, url: str) -> None:
    with override_settings(PUBLIC_URL=own):
        assert asker("evolink").submit(BODY | {"callback_url": url}).status == 200
        assert asker("evolink").submit(BODY | {"callback_url": url.replace("/hook", ":1/hook")}).status == 400


def test_every_end_is_told_and_any_no_is_tried_again() -> None:
    ringing = evolink.RINGING
    assert ringing.states == {"succeeded", "failed", "cancelled", "expired"}
    assert (ringing.seconds, ringing.again, ringing.gives_up_on_4xx) == (10, (1, 2, 4), False)


def test_an_id_of_another_shape_is_refused_before_it_is_looked_up() -> None:
    answer = asker("evolink").fetch("task_01KMCGF6BQGN3X28H3KSR50X5T")
    assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "invalid_request_error", "task_id")
