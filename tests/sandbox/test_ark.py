"""Ark's side of the sandbox: what a body orders, its tokens, and how a task is worded."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from storyboard.providers import ark as vendor
from storyboard.providers.base import Body, TaskState
from storyboard.sandbox.dialects import ark
from tests.sandbox.asking import BODIES, FILM, ONE, SONG, TWO, clip, order_of, picture, task_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = BODIES["ark"]
TEXT = BODY["content"][0]


def given(kind: str, url: str, role: str) -> Body:
    return {"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": role}


def with_media(*parts: Body) -> Body:
    return BODY | {"content": [TEXT, *parts]}


def test_an_id_holds_its_second() -> None:
    assert re.fullmatch(r"cgt-20261121120000-[a-z0-9]{5}", ark.new_id(NOW))


def test_what_is_left_out_is_the_model_s_own() -> None:
    order = order_of("ark", {"duration": -1, "seed": -1})
    assert (order.prompt, order.ratio, order.resolution) == ("A heron lifts off.", "16:9", "720p")
    assert (order.seconds, order.audio, order.seed, order.wants_last_frame) == (5, True, None, False)


def test_roles_say_what_each_file_is() -> None:
    framed = order_of("ark", with_media(given("image", ONE, "first_frame"), given("image", TWO, "last_frame")))
    assert (framed.opening, framed.landing, framed.references) == (ONE, TWO, ())
    files = given("image", ONE, "reference_image"), given("video", FILM, "reference_video")
    loose = order_of("ark", with_media(*files, given("audio", SONG, "reference_audio")))
    assert (loose.opening, loose.references, loose.sounds) == ("", (ONE, FILM), (SONG,))


def test_a_picture_without_a_role_opens_the_clip() -> None:
    part = {"type": "image_url", "image_url": {"url": ONE}}
    assert order_of("ark", with_media(part), {ONE: picture(9, 16)}).ratio == "9:16"
    assert order_of("ark", with_media(part)).opening == ONE


def test_the_charge_is_tokens_and_what_the_model_may_choose_is_held() -> None:
    fixed = {"ratio": "16:9", "duration": 5}
    charge = ark.charge(order_of("ark", fixed), BODY | fixed, {})
    assert (charge.tokens, charge.price, charge.reserved) == (108_000, 1_512_000, 1_512_000)
    free = ark.charge(order_of("ark", {"duration": -1}), BODY | {"duration": -1}, {})
    assert (free.tokens, free.price) == (108_000, 1_512_000)
    assert free.reserved > 3 * free.price


def test_a_clip_that_goes_in_is_billed_at_ten_cents_a_second() -> None:
    body, media = with_media(given("video", FILM, "reference_video")), {FILM: clip("5")}
    charge = ark.charge(order_of("ark", body, media), body, media)
    assert (charge.price, charge.reserved, charge.tokens) == (1_000_000, 1_000_000, 216_000)


def test_4k_has_tokens_too() -> None:
    body = {"resolution": "4k", "ratio": "16:9"}
    charge = ark.charge(order_of("ark", body), BODY | body, {})
    assert (charge.tokens, charge.price) == (972_000, 500_000)


def test_a_new_task_is_an_id_and_nothing_else() -> None:
    task = task_of("ark", BODY)
    assert ark.created(task) == {"id": task.remote_id}


@pytest.mark.parametrize("state", ["queued", "running", "cancelled", "failed", "expired"])
def test_a_task_without_a_clip_has_no_facts_of_one(state: str) -> None:
    task = task_of("ark", BODY, state=state, created_at=NOW, updated_at=NOW)
    assert ark.shown(task, NOW) == {
        "id": task.remote_id,
        "model": "dreamina-seedance-2-0-260128",
        "status": state,
        "error": None,
        "created_at": 1795262400,
        "updated_at": 1795262400,
        "service_tier": "default",
        "execution_expires_after": 172_800,
        "draft": False,
        "priority": 0,
    }


def test_a_finished_task_tells_everything_about_its_clip() -> None:
    body = BODY | {"return_last_frame": True, "ratio": "9:16", "seed": 1276, "generate_audio": False}
    task = task_of("ark", body, state=TaskState.SUCCEEDED, expires_at=NOW + timedelta(hours=24))
    shown, base = ark.shown(task, NOW), f"http://testserver/sandbox/files/{task.token}"
    assert shown["content"] == {"video_url": f"{base}/0.mp4", "last_frame_url": f"{base}/0.png"}
    assert shown["usage"] == {"completion_tokens": 108_000, "total_tokens": 108_000}
    facts = {"seed": 1276, "resolution": "720p", "ratio": "9:16", "duration": 5, "framespersecond": 24}
    assert facts | {"generate_audio": False} == {name: shown[name] for name in [*facts, "generate_audio"]}
    assert vendor.parse_task(shown).last_frame_url == f"{base}/0.png"


def test_an_adaptive_ratio_is_told_as_what_it_came_to() -> None:
    task = task_of("ark", BODY, state=TaskState.SUCCEEDED, width=834, height=1112)
    assert ark.shown(task, NOW)["ratio"] == "3:4"


def test_links_that_have_run_out_are_cleared() -> None:
    task = task_of("ark", BODY, state=TaskState.SUCCEEDED, expires_at=NOW)
    assert ark.shown(task, NOW - timedelta(seconds=1))["content"]["video_url"]
    assert ark.shown(task, NOW)["content"] is None
    assert vendor.parse_task(ark.shown(task, NOW)).state is TaskState.SUCCEEDED


@pytest.mark.parametrize("value", ["", "OutputVideoSensitiveContentDetected", "Odd.Code"])
def test_a_failed_task_has_its_code(value: str) -> None:
    code, message = ark.failure("fail", value)
    task = task_of("ark", BODY, state=TaskState.FAILED, error_code=code, error_message=message)
    assert ark.shown(task, NOW)["error"] == {"code": value or "InternalServiceError", "message": message}


def test_every_change_but_a_cancellation_is_told_three_times_at_most() -> None:
    ringing = ark.RINGING
    assert ringing.states == {"queued", "running", "succeeded", "failed", "expired"}
    assert (ringing.seconds, len(ringing.again) + 1, ringing.gives_up_on_4xx) == (5, 3, False)
