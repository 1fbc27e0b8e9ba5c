"""The door of the sandbox: keys, limits and bodies, with each vendor's own no."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from storyboard.providers.dispatch import vendor_file
from storyboard.sandbox import door
from storyboard.sandbox.models import Key, Task
from storyboard.sandbox.queries import digest
from storyboard.teams.models import Team
from tests.sandbox.asking import BODIES, VENDORS, Answer, Asker, asker, key_of

pytestmark = pytest.mark.django_db
every_vendor = pytest.mark.parametrize("vendor", VENDORS)
REQUEST_ID = r"req_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Status, code, type: as each vendor words a key that opens nothing.
UNKNOWN_KEY = {
    "reapi": (401, 10003, None),
    "apimart": (401, 401, "authentication_error"),
    "evolink": (401, 401, "authentication_error"),
    "ark": (401, "AuthenticationError", "Unauthorized"),
}
NOT_JSON = {"reapi": (400, 20003), "apimart": (400, 400), "evolink": (400, 400), "ark": (400, "InvalidParameter")}
TOO_LARGE = NOT_JSON | {"evolink": (413, 413)}
BUSY = {"reapi": 50001, "apimart": 429, "evolink": 429, "ark": "RateLimitExceeded"}


def ask(vendor: str, header: str | None) -> Answer:
    headers = {} if header is None else {"Authorization": header}
    return Asker(vendor).send("POST", vendor_file(vendor).SUBMIT, json.dumps(BODIES[vendor]), **headers)


@every_vendor
def test_an_unknown_key_is_refused_in_the_vendor_s_words(vendor: str) -> None:
    answer = ask(vendor, "Bearer sk-nobody-knows-this")
    assert (answer.status, answer.error["code"], answer.error.get("type")) == UNKNOWN_KEY[vendor]
    assert answer.error["message"]
    assert answer.headers["X-Request-Id"]


def test_reapi_tells_four_wrong_keys_apart() -> None:
    revoked = asker("reapi")
    Key.objects.update(revoked_at=timezone.now())
    codes = {
        header: ask("reapi", header).error["code"]
        for header in (None, "", "Basic eDp5", "Bearer", "Bearer a b", "Bearer unknown", f"Bearer {revoked.plain}")
    }
    assert list(codes.values()) == [10001, 10001, 10002, 10002, 10002, 10003, 10004]
    assert re.fullmatch(REQUEST_ID, ask("reapi", None).error["request_id"])


@pytest.mark.parametrize("vendor", ["apimart", "evolink", "ark"])
def test_the_others_have_one_answer_for_all_wrong_keys(vendor: str) -> None:
    plain = asker(vendor).plain
    Key.objects.update(revoked_at=timezone.now())
    answers = [ask(vendor, header) for header in (None, "Basic eDp5", "Bearer unknown", f"Bearer {plain}")]
    said = {re.sub("Request id: .*", "", answer.error["message"]) for answer in answers}
    assert {answer.status for answer in answers} == {401}
    assert len(said) == 1


def test_ark_puts_the_request_s_id_behind_its_message() -> None:
    assert re.search(rf" Request id: {REQUEST_ID}$", ask("ark", None).error["message"])


@every_vendor
def test_a_good_key_is_good_at_every_vendor(vendor: str) -> None:
    plain = asker("reapi").plain
    for header in (f"Bearer {plain}", f"bearer  {plain} "):
        assert ask(vendor, header).status == 200


@every_vendor
def test_the_plain_key_is_nowhere_in_the_database(vendor: str) -> None:
    plain = asker(vendor).plain
    assert plain not in str(Key.objects.values().get())
    assert Key.objects.get().digest == digest(plain)


@every_vendor
@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}"],
)
def test_what_is_no_json_object_is_refused(vendor: str, raw: bytes) -> None:
    answer = asker(vendor).send("POST", vendor_file(vendor).SUBMIT, raw)
    assert (answer.status, answer.error["code"]) == NOT_JSON[vendor]


@every_vendor
@pytest.mark.parametrize("opened", [b"[", b'{"a":'])
def test_a_body_that_is_nested_without_end_is_refused(vendor: str, opened: bytes) -> None:
    for depth in (100, 100_000):
        raw = b'{"prompt": ' + opened * depth + b"1" + (b"]" if opened == b"[" else b"}") * depth + b"}"
        assert (answer := asker(vendor).send("POST", vendor_file(vendor).SUBMIT, raw)).status == 400
        assert answer.error["code"] == NOT_JSON[vendor][1]


@every_vendor
def test_a_body_above_64_mb_is_refused_unread(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_BYTES", 1000)
    answer = asker(vendor).submit(BODIES[vendor] | {"padding": "x" * 1000})
    assert (answer.status, answer.error["code"]) == TOO_LARGE[vendor]
    monkeypatch.setattr("django.http.HttpRequest.read", lambda *args: pytest.fail("read"))
    assert asker(vendor).submit(BODIES[vendor] | {"padding": "x" * 1000}).status == TOO_LARGE[vendor][0]


@every_vendor
def test_a_body_that_forms_could_not_carry_is_read(vendor: str) -> None:
    assert asker(vendor).submit(BODIES[vendor] | {"padding": "x" * 3_000_000}).status == 200


def test_what_a_database_cannot_keep_is_replaced() -> None:
    asker("reapi").submit(BODIES["reapi"] | {"prompt": "A heron\x00 \ud800 lifts off", "a\x00": 1})
    body = Task.objects.get().body
    assert (body["prompt"], body["a\ufffd"]) == ("A heron\ufffd \ufffd lifts off", 1)


@every_vendor
def test_another_method_or_path_is_answered_in_json(vendor: str) -> None:
    asked = asker(vendor)
    wrong_method = asked.send("PUT", vendor_file(vendor).SUBMIT)
    assert wrong_method.status == (404 if vendor == "ark" else 405)
    for path in ("/nothing", "/", f"/sandbox/{vendor}", f"/sandbox/{vendor}/", f"/sandbox/{vendor}/../x"):
        assert asked.send("GET", path).status == 404
        assert asked.send("POST", path).error["message"]


@every_vendor
def test_more_than_600_tasks_a_minute_are_too_many(vendor: str) -> None:
    asked = asker(vendor)
    with override_settings(SANDBOX_TASKS_A_MINUTE=2):
        assert [asked.submit(BODIES[vendor]).status for _ in range(2)] == [200, 200]
        answer = asked.submit(BODIES[vendor])
        assert (answer.status, answer.error["code"]) == (429, BUSY[vendor])
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        Task.objects.update(created_at=timezone.now() - timedelta(seconds=61))
        assert asked.submit(BODIES[vendor]).status == 200


@every_vendor
def test_more_than_120_unfinished_tasks_are_too_many(vendor: str) -> None:
    asked = asker(vendor)
    with override_settings(SANDBOX_UNFINISHED_TASKS=1):
        assert asked.submit(BODIES[vendor]).status == 200
        answer = asked.submit(BODIES[vendor])
        assert (answer.status, answer.error["code"], answer.headers["Retry-After"]) == (429, BUSY[vendor], "30")
        assert asker(vendor).submit(BODIES[vendor]).status == 200
        Task.objects.update(state="succeeded")
        assert asked.submit(BODIES[vendor]).status == 200


def test_the_limits_are_the_published_ones(settings: object) -> None:
    assert (settings.SANDBOX_TASKS_A_MINUTE, settings.SANDBOX_UNFINISHED_TASKS) == (600, 120)  # type: ignore[attr-defined]


@every_vendor
def test_a_task_is_shown_to_its_key_and_to_its_team_s_other_keys(vendor: str, team: Team) -> None:
    mine, ours, theirs = asker(vendor, team=team), asker(vendor, team=team), asker(vendor)
    task_id = mine.created()
    assert [one.fetch(task_id).status for one in (mine, ours, theirs)] == [200, 200, 404]
    assert asker(vendor, team=Team.objects.create(name="Others")).fetch(task_id).status == 404


@every_vendor
def test_a_key_without_a_team_sees_nobody_else_s_tasks(vendor: str) -> None:
    mine, other = asker(vendor), asker(vendor)
    assert other.fetch(mine.created()).status == 404


def test_a_task_is_known_at_its_own_vendor_only() -> None:
    plain = asker("reapi").plain
    task_id = Asker("reapi", plain).created()
    assert Asker("apimart", plain).fetch(task_id).status == 404


@every_vendor
def test_cookies_and_the_check_for_forged_forms_play_no_part(vendor: str) -> None:
    asked = asker(vendor)
    asked.client = Client(enforce_csrf_checks=True)
    answer = asked.submit(BODIES[vendor])
    assert answer.status == 200
    assert not {"Set-Cookie", "Vary", "Location"} & answer.headers.keys()
    assert not asked.client.cookies
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


@every_vendor
def test_a_signed_in_person_without_a_key_is_nobody(vendor: str, client: Client, alice: object) -> None:
    client.force_login(alice)  # type: ignore[arg-type]
    answer = Asker(vendor, client=client).submit(BODIES[vendor])
    assert answer.status == 401
    assert not Task.objects.exists()


def test_a_key_is_found_by_its_whole_text_only() -> None:
    asked = asker("reapi")
    assert key_of(asked).tasks.count() == 0
    asked.plain = asked.plain[:-1]
    assert asked.submit(BODIES["reapi"]).error["code"] == 10003
