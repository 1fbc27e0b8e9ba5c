"""`manage.py provider`: every verb, both ways to say what is wanted, every exit code, against a vendor on loopback."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from storyboard.connections import actions, shell
from storyboard.connections.models import Connection
from storyboard.providers import catalog
from storyboard.providers.base import Kind
from storyboard.teams.models import Team, User
from tests.connections.connect import KEY, connect
from tests.connections.vendor import LoopbackVendor

pytestmark = pytest.mark.django_db
Run = Callable[..., tuple[int, str, str]]
WORDS = ["--model", "doubao-seedance-2.0", "--prompt", "A slow dolly in on a lighthouse at dusk, film grain"]
TASK = {"id": "task_0123456789", "status": "processing", "model": "doubao-seedance-2.0"}


@pytest.fixture
def run(vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command as a shell runs it: exit code, what it printed, what it complained of."""
    monkeypatch.setenv("PROVIDER_KEY", KEY)
    vendor.key = KEY

    def command(verb: str, *words: str, name: str = "reapi") -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        where = () if {"--base-url", "--connection"} & set(words) else ("--base-url", vendor.url)
        try:
            call_command("provider", name, verb, *words, *where, stdout=out, stderr=err)
        except SystemExit as left:
            return int(str(left.code)), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return command


def test_submit_sends_neutral_words_as_the_vendors_body_once(run: Run, vendor: LoopbackVendor) -> None:
    vendor.answers["POST /videos/generations"] = (200, {"id": "task_0123456789", "status": "processing"})
    code, said, _ = run("submit", *WORDS, "--seconds", "7", "--audio", "--opening", "https://a.example/last.png")
    assert (code, said) == (0, "task_0123456789\n")
    body = vendor.posted[0]
    assert (body["duration"], body["generate_audio"], body["image_urls"]) == (7, True, ["https://a.example/last.png"])
    assert len(vendor.posted) == 1


def test_submit_sends_a_body_of_ones_own_as_it_is(run: Run, vendor: LoopbackVendor, tmp_path: Path) -> None:
    vendor.answers["POST /videos/generations"] = (200, {"id": "task_0123456789"})
    body = {"model": "doubao-seedance-2.0", "prompt": "x", "anything": [1]}
    (tmp_path / "body.json").write_text(json.dumps(body))
    assert run("submit", "--body", str(tmp_path / "body.json"), "--json")[:2] == (
        0,
        '{\n  "task": "task_0123456789"\n}\n',
    )
    assert vendor.posted == [body]


def test_submit_sends_nothing_that_check_refuses_unless_told(run: Run, vendor: LoopbackVendor) -> None:
    words = [*WORDS, "--seconds", "99"]
    code, said, _ = run("submit", *words)
    assert (code, vendor.posted, "problem: seconds" in said) == (1, [], True)
    run("submit", *words, "--force")
    assert len(vendor.posted) == 1


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        ((400, {"error": {"code": 20003, "message": "bad"}}), 1, "refused"),
        ((402, {"error": {"code": 30001, "message": "none left"}}), 1, "refused"),
        ((500, {}), 3, "unknown"),
        ((200, b"<html>"), 3, "unknown"),
    ],
    ids=str,
)
def test_each_outcome_of_a_submit_has_its_exit_code(
    run: Run, vendor: LoopbackVendor, answer: tuple[int, object], code: int, kind: str
) -> None:
    vendor.answers["POST /videos/generations"] = answer
    left, said, complained = run("submit", *WORDS, "--json")
    found = json.loads(said)["error"]
    assert (left, found["class"], found["status"], complained) == (code, kind, answer[0], "")
    assert set(found) >= {"code", "message", "sentence"}
    assert len(vendor.posted) == 1


def test_a_vendor_that_cannot_be_reached_created_nothing(run: Run) -> None:
    left, _, complained = run("submit", *WORDS, "--base-url", "http://127.0.0.1:1")
    assert left == 4
    assert complained.startswith("The vendor could not be reached, so nothing was created or charged.")


def test_a_wrong_key_is_refused_and_never_printed(run: Run, vendor: LoopbackVendor) -> None:
    vendor.key = "sk-another-key"
    for words in ((), ("--json",)):
        left, said, complained = run("balance", *words)
        assert left == 1
        assert KEY not in said + complained


def test_fetch_tells_how_a_task_stands(run: Run, vendor: LoopbackVendor) -> None:
    vendor.answers["GET /tasks/task_0123456789"] = (200, TASK)
    assert run("fetch", "task_0123456789")[:2] == (0, "task_0123456789  running\n")
    found: dict[str, Any] = json.loads(run("fetch", "task_0123456789", "--json")[1])
    assert (found["state"], found["raw"]) == ("running", TASK)


def test_options_may_stand_before_the_task_s_id(run: Run, vendor: LoopbackVendor) -> None:
    # Refused by the vendor, which knows no such task: it was asked, so the words were understood.
    assert run("fetch", "--json", "task_0123456789")[0] == 1
    assert len(vendor.asked) == 1


def test_fetch_tells_what_a_task_cost(run: Run, vendor: LoopbackVendor) -> None:
    task = TASK | {"status": "completed", "cost": "0.25", "credits_cost": 1240}
    vendor.answers["GET /v1/tasks/task_0123456789"] = (200, {"code": 200, "data": task})
    said = run("fetch", "task_0123456789", name="apimart")[1]
    assert said == "task_0123456789  succeeded\nCharged or held: 1,240 credits, $0.2500\n"


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (404, 20003, "The vendor knows no such task."),
        (400, 20003, "The vendor refused this question, and nothing has changed."),
        (401, 10003, "reAPI does not know the key."),
    ],
)
def test_a_refused_question_speaks_of_asking(
    run: Run, vendor: LoopbackVendor, status: int, code: int, said: str
) -> None:
    vendor.answers["GET /tasks/task_0123456789"] = (status, {"error": {"code": code, "message": "bad"}})
    left, _, complained = run("fetch", "task_0123456789")
    assert (left, said in complained, "nothing was created" in complained) == (1, True, False)


def test_submit_prints_warnings_beside_the_task(run: Run, vendor: LoopbackVendor) -> None:
    vendor.answers["POST /videos/generations"] = (200, {"id": "task_0123456789"})
    words = [*WORDS, "--seconds", "12"]
    warnings = run("check", *words)[1]
    assert "warning: seconds" in warnings
    assert run("submit", *words) == (0, "task_0123456789\n", warnings)


def test_balance(run: Run) -> None:
    assert run("balance")[:2] == (0, "1,240 credits\n")
    assert json.loads(run("balance", "--json")[1]) == {"balance": "1240", "unit": "credits"}


def test_ark_lists_and_cancels(run: Run, vendor: LoopbackVendor) -> None:
    task = {"id": "cgt-0123456789", "status": "running", "model": "dreamina-seedance-2-0-260128"}
    vendor.answers["GET /contents/generations/tasks"] = (200, {"items": [task], "total": 1})
    vendor.answers["DELETE /contents/generations/tasks/cgt-0123456789"] = (200, {})
    assert run("list", name="ark")[:2] == (0, "cgt-0123456789  running\n")
    assert json.loads(run("list", "--json", name="ark")[1])["total"] == 1
    assert run("cancel", "cgt-0123456789", name="ark")[:2] == (0, "Cancelled.\n")


def test_what_a_vendor_lacks_is_said(run: Run) -> None:
    for verb, said in (("list", "reAPI has no list of tasks."), ("cancel", "reAPI cancels no tasks.")):
        left, _, complained = run(verb)
        assert (left, said in complained) == (2, True)
    assert run("balance", name="ark")[:2] == (0, "The vendor names no balance.\n")


def test_check_prints_problems_and_warnings(run: Run, vendor: LoopbackVendor) -> None:
    assert run("check", *WORDS)[0] == 0
    left, said, _ = run("check", *WORDS, "--seconds", "99", "--seed", "7", "--json")
    found = json.loads(said)
    assert left == 1
    assert {problem["field"] for problem in found["problems"]} == {"seconds", "seed"}
    assert {problem["field"] for problem in found["warnings"]} == {"seconds"}
    assert vendor.asked == []


def test_quote_prints_the_price_or_why_there_is_none(run: Run) -> None:
    found = json.loads(run("quote", *WORDS, "--json")[1])
    assert (found["credits"], found["micro_usd"], found["as_of"]) == (859, 859_000, "2026-07-23")
    clip = "https://a.example/move.mp4"
    assert "not known yet" in run("quote", *WORDS, "--reference", clip)[1]
    assert "credits" in run("quote", *WORDS, "--reference", clip, "--length", f"{clip}=2.5")[1]


def test_a_connection_brings_its_address_its_key_and_its_prices(
    run: Run, vendor: LoopbackVendor, team: Team, alice: User
) -> None:
    connection = connect(team, base_url=vendor.url, by=alice)
    rates = {"doubao-seedance-2.0": {"720p": {"text": "0.2", "ref": "0.1"}}}
    actions.set_prices(connection, rates=rates, by=alice)
    account = ("--connection", connection.public_id)
    assert run("balance", *account)[:2] == (0, "1,240 credits\n")
    assert json.loads(run("quote", *WORDS, *account, "--json")[1])["micro_usd"] == 1_000_000
    left, _, complained = run("balance", *account, "--base-url", "https://evil.example.com")
    assert (left, "at its own address only" in complained) == (2, True)


def test_a_key_file_is_read(run: Run, vendor: LoopbackVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROVIDER_KEY")
    (tmp_path / "key").write_text(f"{KEY}\n")
    assert run("balance", "--key-file", str(tmp_path / "key"))[0] == 0
    assert run("balance")[::2] == (2, "Which key? Give --key-file or --connection, or set PROVIDER_KEY.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fetch"], "Which task?"),
        (["fetch", "../../etc"], "This is no task id"),
        (["check", "--prompt", "x"], "Give --model, one of: doubao-seedance-2.0,"),
        (["check", "--model", "nothing"], "Choose one of: doubao-seedance-2.0,"),
        (["check", "--body", "/nowhere.json"], "Cannot read /nowhere.json"),
        (["check", *WORDS, "--length", "https://a=b"], "--length URL=SECONDS"),
        (["balance", "--base-url", "ftp://x"], "A base URL begins with https://"),
        (["balance", "--key-file", "/nowhere"], "Cannot read /nowhere"),
        (["balance", "--connection", "nope"], "There is no connection nope"),
    ],
)
def test_a_wrong_call_is_a_sentence_and_exit_code_2(run: Run, words: list[str], said: str) -> None:
    left, _, complained = run(*words)
    assert (left, said in complained) == (2, True)
    assert json.loads(run(*words, "--json")[1])["error"]["class"] == "usage"


def test_a_body_that_is_no_object_is_a_wrong_call(run: Run, tmp_path: Path) -> None:
    for text in ("[1]", "{", '{"a": NaN}'):
        (tmp_path / "body.json").write_text(text)
        assert run("check", "--body", str(tmp_path / "body.json"))[0] == 2


def test_arks_hosts_do_not_know_each_others_models(run: Run) -> None:
    abroad = catalog.vendor("ark").base_url
    words = ["--model", "doubao-seedance-2-0-260128", "--prompt", "x", "--base-url", abroad]
    left, _, complained = run("check", *words, name="ark")
    assert (left, "at this address. Choose one of: dreamina-" in complained) == (2, True)


def test_an_unknown_verb_or_vendor_is_a_wrong_call() -> None:
    for words in (["reapi", "sing"], ["nobody", "balance"]):
        with pytest.raises(CommandError, match="invalid choice"):
            call_command("provider", *words)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://a/b.MP4?x=1", Kind.VIDEO),
        ("https://a/b.wav", Kind.AUDIO),
        ("https://a/b", Kind.IMAGE),
        ("video:https://a/b", Kind.VIDEO),
    ],
)
def test_a_reference_says_what_it_is(text: str, kind: Kind) -> None:
    found = shell.reference(text)
    assert (found.kind, found.url) == (kind, text.removeprefix("video:"))


def test_help_lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    from storyboard.connections.management.commands.provider import Command

    Command().print_help("manage.py", "provider")
    assert "3  unknown: a submit may have created a task" in capsys.readouterr().out
    assert not Connection.objects.exists()
