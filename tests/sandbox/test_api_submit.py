"""What a submit is answered: the order of the checks, the faults on demand, credit, and what is stored of it."""

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from storyboard.providers.base import Kind, Media, Probed
from storyboard.providers.dispatch import vendor_file
from storyboard.sandbox import inputs
from storyboard.sandbox.models import Key, Task
from tests.sandbox.asking import BODIES, MANY, VENDORS, asker, key_of, prompting

pytestmark = pytest.mark.django_db
every_vendor = pytest.mark.parametrize("vendor", VENDORS)
CLIP = "https://films.example.com/clip.mp4"
WITH_CLIP = {
    "reapi": BODIES["reapi"] | {"video_urls": [CLIP]},
    "apimart": BODIES["apimart"] | {"video_urls": [CLIP]},
    "evolink": BODIES["evolink"] | {"model": "seedance-2.0-reference-to-video", "video_urls": [CLIP]},
    "ark": BODIES["ark"]
    | {
        "content": [
            {"type": "text", "text": "A heron lifts off."},
            {"type": "video_url", "video_url": {"url": CLIP}, "role": "reference_video"},
        ]
    },
}
TEN_SECONDS = Media(kind=Kind.VIDEO, seconds=Decimal(10), width=1280, height=720, fps=Decimal(24), format="mp4", size=9)
# What the vendors themselves say: status, code or type.
NO_CREDIT = {
    "reapi": (402, 30001),
    "apimart": (402, "payment_required"),
    "evolink": (402, "insufficient_quota_error"),
    "ark": (403, "AccountOverdueError"),
}
MODERATED = {
    "reapi": (400, 80007),
    "apimart": (400, "invalid_request_error"),
    "evolink": (400, "invalid_request_error"),
    "ark": (400, "InputTextSensitiveContentDetected"),
}


def gathering(monkeypatch: pytest.MonkeyPatch, found: Media | None) -> list[str]:
    """Each address holds this; says which were asked for."""
    seen: list[str] = []

    def gather(media: Mapping[str, Kind], token: str) -> tuple[Probed, dict[str, str]]:
        seen.extend(media)
        return dict.fromkeys(media, found), {url: "0" for url in media if found}

    monkeypatch.setattr(inputs, "gather", gather)
    return seen


def named(error: dict[str, object], expected: object) -> bool:
    return expected in (error.get("code"), error.get("type"))


@every_vendor
def test_a_task_is_created_and_charged(vendor: str) -> None:
    asked = asker(vendor)
    answer = asked.submit(BODIES[vendor])
    assert answer.status == 200
    task = Task.objects.get()
    assert vendor_file(vendor).parse_submit(answer.json) == task.remote_id
    assert (task.vendor, task.body, task.origin) == (vendor, BODIES[vendor], "http://testserver")
    assert (task.width, task.height, task.seconds) == (1280, 720, 5)
    assert key_of(asked).micro_usd == MANY - task.reserved_micro_usd < MANY


@every_vendor
def test_every_submit_makes_a_task_of_its_own(vendor: str) -> None:
    asked, raw = asker(vendor), json.dumps(BODIES[vendor])
    for _ in range(2):
        assert asked.send("POST", vendor_file(vendor).SUBMIT, raw, **{"Idempotency-Key": "1"}).status == 200
    assert Task.objects.count() == 2


@every_vendor
def test_a_body_is_judged_before_anything_is_fetched(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = gathering(monkeypatch, TEN_SECONDS)
    wrong = WITH_CLIP[vendor] | {"duration": 99}
    assert asker(vendor).submit(wrong).status == 400
    assert seen == []
    assert asker(vendor).submit(WITH_CLIP[vendor]).status == 200
    assert seen == [CLIP]


@every_vendor
def test_a_file_that_cannot_be_read_is_refused_and_costs_nothing(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gathering(monkeypatch, None)
    asked = asker(vendor)
    answer = asked.submit(WITH_CLIP[vendor])
    assert answer.status == 400
    assert not Task.objects.exists()
    assert key_of(asked).micro_usd == MANY
    if vendor == "reapi":
        assert answer.error["code"] == 30002


@every_vendor
def test_what_was_fetched_is_deleted_when_the_request_is_refused(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[str] = []
    monkeypatch.setattr(inputs, "drop", dropped.append)
    gathering(monkeypatch, TEN_SECONDS)
    assert asker(vendor, micro_usd=0).submit(WITH_CLIP[vendor]).status in {402, 403}
    gathering(monkeypatch, None)
    assert asker(vendor).submit(WITH_CLIP[vendor]).status == 400
    assert len(set(dropped)) == 2
    gathering(monkeypatch, TEN_SECONDS)
    assert asker(vendor).submit(WITH_CLIP[vendor]).status == 200
    assert Task.objects.get().token not in dropped


@every_vendor
def test_without_credit_it_is_the_vendor_s_own_no(vendor: str) -> None:
    answer = asker(vendor, micro_usd=1000).submit(BODIES[vendor])
    status, word = NO_CREDIT[vendor]
    assert answer.status == status
    assert named(answer.error, word)
    assert Key.objects.get().micro_usd == 1000


@every_vendor
def test_a_wrong_body_is_told_before_missing_credit(vendor: str) -> None:
    assert asker(vendor, micro_usd=0).submit(BODIES[vendor] | {"duration": 99}).status == 400


@every_vendor
def test_advice_refuses_nothing(vendor: str) -> None:
    wordy = prompting(vendor, "The heron turns. " * 60)
    assert asker(vendor).submit(wordy | {"duration": 4, "unheard_of": 1}).status == 200


@every_vendor
def test_a_moderated_prompt_is_refused(vendor: str) -> None:
    answer = asker(vendor).submit(prompting(vendor, "A heron, sandbox:refused"))
    status, word = MODERATED[vendor]
    assert answer.status == status
    assert named(answer.error, word)


@every_vendor
def test_a_busy_vendor_says_when_to_come_back(vendor: str) -> None:
    answer = asker(vendor).submit(prompting(vendor, "A heron, sandbox:busy=30"))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert not Task.objects.exists()


@every_vendor
def test_an_account_can_seem_empty(vendor: str) -> None:
    answer = asker(vendor).submit(prompting(vendor, "A heron, sandbox:no-credits"))
    assert named(answer.error, NO_CREDIT[vendor][1])


@every_vendor
def test_an_outage_creates_nothing(vendor: str) -> None:
    answer = asker(vendor).submit(prompting(vendor, "A heron, sandbox:unavailable"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert not Task.objects.exists()


@every_vendor
def test_a_lost_answer_has_created_and_charged_the_task(vendor: str) -> None:
    asked = asker(vendor)
    answer = asked.submit(prompting(vendor, "A heron, sandbox:lost-answer"))
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert b"502 Bad Gateway" in answer.raw
    assert key_of(asked).micro_usd == MANY - Task.objects.get().reserved_micro_usd


@every_vendor
@pytest.mark.parametrize(("value", "waited"), [("7", 7), ("9999", 120)])
def test_a_slow_answer_comes_late(vendor: str, value: str, waited: int, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert asker(vendor).submit(prompting(vendor, f"A heron, sandbox:slow-answer={value}")).status == 200
    assert slept == [waited]


@every_vendor
def test_a_key_s_own_faults_are_those_of_all_its_tasks(vendor: str) -> None:
    asked = asker(vendor)
    Key.objects.update(faults={"unavailable": ""})
    assert asked.submit(BODIES[vendor]).status == 503


@every_vendor
def test_a_missing_task_is_not_found_in_the_vendor_s_words(vendor: str) -> None:
    for missing in ("task-unified-0-nothing", "x" * 300, "%00", "'"):
        answer = asker(vendor).fetch(missing)
        assert answer.status == (400 if vendor == "evolink" and "unified" not in missing else 404)
        assert answer.error["message"]


@every_vendor
def test_the_balance_is_what_the_credit_comes_to(vendor: str) -> None:
    asked = asker(vendor, micro_usd=12_340_000)
    file = vendor_file(vendor)
    answer = asked.send("GET", getattr(file, "BALANCE", "") or "/balance")
    if vendor == "ark":
        assert answer.status == 404
        return
    worth = {"reapi": 1000, "apimart": 100_000, "evolink": 10_000}[vendor]
    assert file.parse_balance(answer.json) == Decimal(12_340_000) / worth


def test_apimart_has_two_addresses_for_the_balance() -> None:
    asked = asker("apimart")
    first, second = (asked.send("GET", path) for path in ("/v1/user/balance", "/v1/balance"))
    assert (
        first.json
        == second.json
        == {
            "success": True,
            "remain_balance": 1000.0,
            "remain_credits": 10_000.0,
            "unlimited_quota": False,
        }
    )


def test_ark_lists_the_newest_first_a_page_at_a_time() -> None:
    asked = asker("ark")
    ids = [asked.created() for _ in range(3)]
    Task.objects.filter(remote_id=ids[0]).update(created_at=timezone.now() - timedelta(hours=1))
    answer = asked.send("GET", "/contents/generations/tasks?page_num=1&page_size=2")
    assert answer.json["total"] == 3
    assert [item["id"] for item in answer.json["items"]] == [ids[2], ids[1]]
    again = asked.send("GET", "/contents/generations/tasks?page_num=2&page_size=2")
    assert [item["id"] for item in again.json["items"]] == [ids[0]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("filter.status=queued", 1),
        ("filter.status=succeeded", 1),
        ("filter.status=failed", 0),
        ("filter.model=dreamina-seedance-2-0-260128", 2),
        ("filter.model=other", 0),
        ("filter.service_tier=default", 2),
        ("filter.service_tier=flex", 0),
        ("filter.task_ids=nothing", 0),
        ("filter.task_ids=%00&filter.model=%00&filter.service_tier=%00", 0),
        ("page_num=500&page_size=500", 0),
    ],
)
def test_ark_s_list_has_its_filters(query: str, count: int) -> None:
    asked = asker("ark")
    asked.created(service_tier="default")
    Task.objects.update(state="succeeded")
    asked.created()
    answer = asked.send("GET", f"/contents/generations/tasks?{query}")
    assert (answer.status, len(answer.json["items"])) == (200, count)


@pytest.mark.parametrize("query", ["page_num=0", "page_num=501", "page_size=x", "page_size=-1", "filter.status=done"])
def test_ark_refuses_a_query_that_it_does_not_know(query: str) -> None:
    answer = asker("ark").send("GET", f"/contents/generations/tasks?{query}")
    assert (answer.status, answer.error["code"]) == (400, "InvalidParameter")


def test_ark_s_list_by_ids_and_by_key() -> None:
    asked = asker("ark")
    ids = [asked.created() for _ in range(3)]
    asker("ark").created()
    query = f"filter.task_ids={ids[0]}&filter.task_ids={ids[2]}"
    answer = asked.send("GET", f"/contents/generations/tasks?{query}")
    assert {item["id"] for item in answer.json["items"]} == {ids[0], ids[2]}


@pytest.mark.parametrize(
    ("state", "status", "left"),
    [
        ("queued", 200, "cancelled"),
        ("running", 409, "running"),
        ("cancelled", 409, "cancelled"),
        ("succeeded", 200, ""),
        ("failed", 200, ""),
        ("expired", 200, ""),
    ],
)
def test_ark_cancels_what_is_queued_and_forgets_what_is_over(state: str, status: int, left: str) -> None:
    asked = asker("ark")
    task_id = asked.created()
    Task.objects.update(state=state)
    answer = asked.send("DELETE", f"/contents/generations/tasks/{task_id}")
    assert answer.status == status
    assert Task.objects.values_list("state", flat=True).first() == (left or None)
    if state == "running":
        assert answer.error["code"] == "InvalidAction.RunningTaskDeletion"


@pytest.mark.parametrize("vendor", ["reapi", "apimart", "evolink"])
def test_the_others_cancel_nothing(vendor: str) -> None:
    asked = asker(vendor)
    path = vendor_file(vendor).FETCH.replace("{id}", asked.created())
    assert asked.send("DELETE", path).status == 405
