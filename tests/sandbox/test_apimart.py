"""APIMart's side of the sandbox: what a body orders, whom it calls back, and how a task is worded."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from storyboard.providers import apimart as vendor
from storyboard.providers.base import TaskState
from storyboard.sandbox.dialects import apimart
from tests.sandbox.asking import BODIES, FILM, ONE, THREE, TWO, clip, order_of, task_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BODY = BODIES["apimart"]


def test_an_id_is_a_ulid_that_begins_with_its_time() -> None:
    ids = [apimart.new_id(NOW + timedelta(milliseconds=step)) for step in range(3)]
    assert all(re.fullmatch(r"task_[0-7][0-9A-HJKMNP-TV-Z]{25}", found) for found in ids)
    assert ids == sorted(ids)
    number = 0
    for letter in ids[0].removeprefix("task_")[:10]:
        number = number * 32 + apimart.CROCKFORD.index(letter)
    assert number == NOW.timestamp() * 1000


def test_what_is_left_out_is_the_page_s_default() -> None:
    order = order_of("apimart", {"seed": None})
    assert (order.ratio, order.resolution, order.seconds, order.audio) == ("16:9", "720p", 5, False)
    assert (order.seed, order.wants_last_frame, order.callback_url) == (None, False, "")


def test_one_picture_is_the_first_frame_as_in_case_2() -> None:
    assert order_of("apimart", {"image_urls": [ONE]}).opening == ONE
    assert order_of("apimart", {"image_urls": [ONE], "video_urls": [FILM]}).references == (ONE, FILM)


def test_roles_say_what_opens_what_ends_and_what_is_a_portrait() -> None:
    roles = ("first_frame", ONE), ("last_frame", TWO), ("reference_image", THREE)
    order = order_of("apimart", {"image_with_roles": [{"role": role, "url": url} for role, url in roles]})
    assert (order.opening, order.landing, order.references) == (ONE, TWO, (THREE,))


@pytest.mark.parametrize(
    ("given", "kept"), [(7, 7), (-1, None), (2**32 + 5, 5), (-7, 2**32 - 7), (10**30, 10**30 % 2**32)]
)
def test_any_whole_number_is_a_seed(given: int, kept: int | None) -> None:
    assert order_of("apimart", {"seed": given}).seed == kept


@pytest.mark.parametrize("url", ["https://films.example.com/hook", "http://films.example.com:80/hook"])
def test_a_public_webhook_is_called_with_callback_behind_it(url: str) -> None:
    assert order_of("apimart", {"webhook": url}).callback_url == url
    assert apimart.callback_target(url) == f"{url}/callback"
    assert apimart.callback_target(f"{url}/") == f"{url}/callback"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/x", "http://localhost/x", "ftp://films.example.com/x", "https://films.example.com:8443/x"]
)
@override_settings(PUBLIC_URL="https://app.example.com", SANDBOX_MEDIA_HOSTS=frozenset())
def test_any_other_is_dropped_without_a_word(url: str) -> None:
    task = task_of("apimart", BODY | {"webhook": url})
    assert (task.callback_url, task.body["webhook"]) == ("", url)


@override_settings(PUBLIC_URL="http://localhost:8150", SANDBOX_MEDIA_HOSTS=frozenset({"10.0.0.7:9000"}))
def test_this_app_and_the_named_hosts_are_called_all_the_same() -> None:
    for url in ("http://localhost:8150/hooks/x", "http://10.0.0.7:9000/x"):
        assert order_of("apimart", {"webhook": url}).callback_url == url
    assert order_of("apimart", {"webhook": "http://10.0.0.7:9001/x"}).callback_url == ""
    assert order_of("apimart", {"webhook": "ftp://localhost:8150/x"}).callback_url == ""


def test_a_second_is_ten_cents_because_no_rate_is_published() -> None:
    media = {FILM: clip("10")}
    body = BODY | {"video_urls": [FILM]}
    charge = apimart.charge(order_of("apimart", body, media), body, media)
    assert (charge.reserved, charge.price) == (1_500_000, 1_500_000)


def test_a_new_task_is_submitted() -> None:
    task = task_of("apimart", BODY)
    assert apimart.created(task) == {"code": 200, "data": [{"status": "submitted", "task_id": task.remote_id}]}


@pytest.mark.parametrize(("state", "word"), [("queued", "pending"), ("running", "processing")])
def test_a_live_task_says_how_far_it_is(state: str, word: str) -> None:
    times = {"created_at": NOW, "started_at": NOW, "due_at": NOW + timedelta(seconds=100)}
    task = task_of("apimart", BODY, state=state, **times)
    data = apimart.shown(task, NOW + timedelta(seconds=40))["data"]
    assert (data["status"], data["progress"]) == (word, 40 if state == "running" else 0)
    assert (data["created"], data["estimated_time"]) == (1795262400, 100)
    assert data.keys() == {"id", "status", "progress", "created", "estimated_time"}


def test_progress_never_says_100_before_the_end() -> None:
    task = task_of("apimart", BODY, state=TaskState.RUNNING, started_at=NOW, due_at=NOW)
    seen = [apimart.shown(task, NOW + timedelta(seconds=s))["data"]["progress"] for s in (-5, 0, 1, 10**6)]
    assert seen == [1, 1, 99, 99]


def test_a_finished_task_has_links_dates_and_costs() -> None:
    ended = NOW + timedelta(seconds=155)
    facts = {"created_at": NOW, "finished_at": ended, "expires_at": ended + timedelta(days=1)}
    task = task_of("apimart", BODY | {"return_last_frame": True}, state=TaskState.SUCCEEDED, **facts)
    data = apimart.shown(task, NOW)["data"]
    base = f"http://testserver/sandbox/files/{task.token}"
    assert data["result"] == {
        "videos": [{"url": [f"{base}/0.mp4"], "expires_at": 1795262555 + 86_400}],
        "last_frame_url": f"{base}/0.png",
    }
    assert (data["status"], data["progress"], data["actual_time"]) == ("completed", 100, 155)
    assert (data["completed"], data["cost"], data["credits_cost"]) == (1795262555, 0.5, 5)
    read = vendor.parse_task(apimart.shown(task, NOW))
    assert (read.micro_usd, read.last_frame_url, read.expires_at) == (500_000, f"{base}/0.png", facts["expires_at"])


def test_a_failed_task_has_the_error_of_a_task() -> None:
    code, message = apimart.failure("fail", "")
    task = task_of("apimart", BODY, state=TaskState.FAILED, error_code=code, error_message=message)
    data = apimart.shown(task, NOW)["data"]
    assert data["error"] == {"code": "task_failed", "message": message, "type": "task_failed", "param": ""}
    assert data["status"] == "failed"
    assert "cost" not in data


def test_only_the_end_is_told_three_times_more_and_no_means_no() -> None:
    ringing = apimart.RINGING
    assert ringing.states == {"succeeded", "failed"}
    assert (ringing.seconds, ringing.again, ringing.gives_up_on_4xx) == (10, (10, 30, 60), True)
