"""reAPI's side of the sandbox: what a body orders, what it costs, and how a task is worded."""

import re
from datetime import UTC, datetime

import pytest

from storyboard.providers import reapi as vendor
from storyboard.providers.base import TaskState
from storyboard.sandbox.dialects import reapi
from tests.sandbox.asking import BODIES, FILM, ONE, SONG, THREE, TWO, clip, order_of, picture, task_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = BODIES["reapi"]
MINI = {"model": "seedance-2.0-mini", "prompt": "A heron lifts off."}


def test_an_id_is_task_and_32_hex_digits() -> None:
    assert re.fullmatch(r"task_[0-9a-f]{32}", reapi.new_id(NOW))
    assert reapi.new_id(NOW) != reapi.new_id(NOW)


def test_what_is_left_out_is_the_page_s_default() -> None:
    order = order_of("reapi", {"duration": None})
    assert (order.ratio, order.resolution, order.seconds, order.audio) == ("16:9", "720p", 5, True)
    assert (order.width, order.height, order.wants_last_frame, order.callback_url) == (1280, 720, False, "")


def test_the_low_cost_model_has_defaults_of_its_own() -> None:
    order = order_of("reapi", MINI)
    assert (order.ratio, order.resolution, order.seconds, order.audio) == ("16:9", "720p", 5, False)
    framed = order_of("reapi", MINI | {"first_frame_url": ONE, "last_frame_url": TWO})
    assert (framed.opening, framed.landing, framed.references) == (ONE, TWO, ())
    loose = order_of("reapi", MINI | {"reference_image_urls": [ONE], "reference_video_urls": [FILM]})
    assert (loose.opening, loose.references) == ("", (ONE, FILM))


def test_a_frame_of_a_chain_opens_the_clip() -> None:
    order = order_of("reapi", {"image_urls": [ONE, TWO, THREE]})
    assert (order.opening, order.references) == (ONE, (TWO, THREE))
    assert order_of("reapi", {"image_urls": [ONE], "audio_urls": [SONG]}).opening == ONE


def test_beside_a_video_the_pictures_are_references() -> None:
    order = order_of("reapi", {"image_urls": [ONE], "video_urls": [FILM], "audio_urls": [SONG]})
    assert (order.opening, order.references, order.sounds) == ("", (ONE, FILM), (SONG,))
    assert {url: kind.value for url, kind in order.media.items()} == {SONG: "audio", FILM: "video", ONE: "image"}


def test_exact_frames_have_their_roles() -> None:
    roles = [{"url": TWO, "role": "last_frame"}, {"url": ONE, "role": "first_frame"}]
    order = order_of("reapi", {"image_with_roles": roles})
    assert (order.opening, order.landing, order.references) == (ONE, TWO, ())


@pytest.mark.parametrize(
    ("size", "ratio"),
    [((1080, 1920), "9:16"), ((500, 500), "1:1"), ((4000, 1000), "21:9"), ((1024, 768), "4:3"), ((700, 1000), "3:4")],
)
def test_an_adaptive_ratio_is_the_nearest_to_the_opening(size: tuple[int, int], ratio: str) -> None:
    order = order_of("reapi", {"image_urls": [ONE, TWO]}, {ONE: picture(*size), TWO: picture(1, 1)})
    assert order.ratio == ratio


def test_without_an_opening_a_video_decides_before_a_picture() -> None:
    body = {"image_urls": [ONE], "video_urls": [FILM]}
    assert order_of("reapi", body, {ONE: picture(9, 16), FILM: clip("5", 960, 960)}).ratio == "1:1"
    assert order_of("reapi", body, {ONE: picture(9, 16), FILM: None}).ratio == "9:16"


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (3840, 2160)), ("3:4", (2496, 3328)), ("21:9", (4412, 1892))])
def test_4k_is_twice_1080p(ratio: str, size: tuple[int, int]) -> None:
    order = order_of("reapi", {"size": ratio, "resolution": "4k"})
    assert (order.width, order.height) == size


def test_the_charge_is_reapi_s_price_and_the_larger_attempt_is_held() -> None:
    body = BODY | {"duration": 7}
    alone = reapi.charge(order_of("reapi", body), body, {})
    assert alone.price == alone.reserved == 1_203_000  # ceil(7 × .171776 × 1000) credits
    both = reapi.charge(order_of("reapi", body), body | {"fallback": {"enabled": True}}, {})
    assert (both.price, both.reserved) == (1_203_000, 1_645_000)  # 7 × .23496, the Face model


def test_clips_that_go_in_are_billed_by_their_measured_length() -> None:
    body = BODY | {"video_urls": [FILM]}
    media = {FILM: clip("4.5")}
    assert reapi.charge(order_of("reapi", body, media), body, media).price == 987_000  # ceil(9.5 × .10384 × 1000)


def test_where_no_rate_is_known_a_second_is_ten_cents() -> None:
    media = {FILM: clip("4.5")}
    charge = reapi.charge(order_of("reapi", MINI | {"reference_video_urls": [FILM]}, media), MINI, media)
    assert charge.price == charge.reserved == 950_000


def test_a_new_task_is_processing() -> None:
    task = task_of("reapi", BODY, created_at=NOW)
    assert reapi.created(task) == {
        "id": task.remote_id,
        "model": "doubao-seedance-2.0",
        "status": "processing",
        "created_at": 1795262400,
    }
    assert reapi.shown(task, NOW) == reapi.created(task) | {"output": None, "error": None}


def test_a_finished_task_has_its_links() -> None:
    task = task_of("reapi", BODY | {"return_last_frame": True}, state=TaskState.SUCCEEDED)
    base = f"http://testserver/sandbox/files/{task.token}"
    shown = reapi.shown(task, NOW)
    assert shown["status"] == "completed"
    assert shown["output"] == {"video_urls": [f"{base}/0.mp4"], "last_frame_url": f"{base}/0.png"}
    assert vendor.parse_task(shown).last_frame_url == f"{base}/0.png"


def test_a_last_frame_is_there_only_when_it_was_asked_for() -> None:
    plain = task_of("reapi", BODY, state=TaskState.SUCCEEDED)
    faulty = task_of(
        "reapi", BODY | {"return_last_frame": True}, state=TaskState.SUCCEEDED, faults={"no-last-frame": ""}
    )
    for task in (plain, faulty):
        assert reapi.shown(task, NOW)["output"].keys() == {"video_urls"}


def test_links_that_have_run_out_stay_in_the_answer() -> None:
    task = task_of("reapi", BODY, state=TaskState.SUCCEEDED, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert reapi.shown(task, NOW)["output"]["video_urls"]


@pytest.mark.parametrize(("value", "code"), [("", 80007), ("80007", 80007), ("30002", 30002), ("odd", "odd")])
def test_a_failed_task_has_its_code(value: str, code: object) -> None:
    said, message = reapi.failure("fail", value)
    task = task_of("reapi", BODY, state=TaskState.FAILED, error_code=said, error_message=message)
    shown = reapi.shown(task, NOW)
    assert (shown["status"], shown["output"], shown["error"]) == ("failed", None, {"code": code, "message": message})
    assert message


def test_reapi_does_not_call_back() -> None:
    assert reapi.RINGING is None
