"""`manage.py connection`: the pages' rules from the shell; the key comes by standard input or the environment alone."""

import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from storyboard.connections import keys
from storyboard.connections.models import Connection
from storyboard.jobs.models import Heartbeat
from storyboard.teams.models import Membership, Role, Team, User
from storyboard.teams.shell import NO_WORKER
from tests.connections.connect import KEY
from tests.connections.vendor import LoopbackVendor

pytestmark = pytest.mark.django_db
Run = Callable[..., tuple[int, str, str]]
Join = Callable[[User, Role], Membership]


@pytest.fixture
def run(team: Team, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command as a shell runs it: exit code, what it printed, what it complained of. `key` is what is piped in."""

    def command(*words: str, key: str = KEY) -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{key}\n"))
        try:
            call_command("connection", *words, stdout=out, stderr=err)
        except SystemExit as left:
            return int(str(left.code)), out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    return command


def test_a_connection_is_added_with_a_key_from_standard_input(run: Run, team: Team, alice: User) -> None:
    code, said, _ = run("add", "evolink", "--name", "Gateway", "--base-url", "https://gate.example.com/v1")
    found = Connection.objects.get(team=team)
    assert (code, found.name, found.vendor, found.base_url) == (0, "Gateway", "evolink", "https://gate.example.com/v1")
    assert said.startswith(f"Gateway is added, with the id {found.public_id}. Results come by polling")
    with keys.by_operator():
        assert keys.reveal(found).reveal() == KEY


def test_or_from_an_environment_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATE_KEY", "sk-from-the-environment")
    assert run("add", "reapi", "--key-env", "GATE_KEY", key="")[0] == 0
    assert Connection.objects.get().last_four == "ment"
    assert run("add", "ark", "--key-env", "NOTHING_HERE")[::2] == (
        2,
        "The environment variable NOTHING_HERE is empty. Put the key into it.\n",
    )


def test_a_key_is_never_a_word_of_the_command_and_never_printed(run: Run) -> None:
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command("connection", "add", "reapi", "--key", KEY)
    for words in (("add", "reapi", "--json"), ("add", "ark", "--key-env", KEY), ("list",), ("list", "--json")):
        assert KEY not in "".join(map(str, run(*words)))


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        (("--base-url", "http://api.example.com"), KEY, "The address must begin with https://"),
        (("--base-url", "https://10.0.0.1/v1"), KEY, "This address is not on the public internet."),
        (("--base-url", "ftp://a"), "", "address"),
        (("--parallel", "900"), KEY, "can run at once"),
        (("--budget", "much"), KEY, "Write an amount like 250 or 99.50."),
        ((), "", "Paste the vendor’s API key."),
        ((), "a b", "This is no API key"),
    ],
)
def test_what_the_page_refuses_is_refused_here(run: Run, words: tuple[str, ...], key: str, said: str) -> None:
    code, _, complained = run("add", "reapi", *words, key=key)
    assert (code, said in complained, Connection.objects.count()) == (1, True, 0)
    assert json.loads(run("add", "reapi", *words, "--json", key=key)[1])["error"]["class"] == "failed"


def test_a_private_address_needs_vendor_hosts(run: Run, settings: LazySettings) -> None:
    settings.VENDOR_HOSTS = frozenset({"gate.local:8443"})
    assert run("add", "reapi", "--base-url", "http://gate.local:8443/api")[0] == 0


def test_only_owners_may_and_strangers_learn_nothing(
    run: Run, bob: User, charlie: User, team: Team, join: Join
) -> None:
    join(bob, Role.PRODUCER)
    assert run("list", "--as", bob.email)[0] == 1
    code, _, complained = run("list", "--as", charlie.email, "--team", team.public_id)
    assert (code, "There is no team" in complained) == (2, True)
    assert run("list", "--as", "nobody@example.com")[0] == 2


def test_who_acts_must_be_said_where_it_is_not_clear(run: Run, bob: User, team: Team, join: Join) -> None:
    join(bob, Role.OWNER)
    assert run("list")[::2] == (2, "Northlight has not just one owner. Say who acts: --as EMAIL.\n")
    assert run("list", "--as", bob.email)[0] == 0
    other = Team.objects.create(name="Other")
    Membership.objects.create(team=other, user=bob, role=Role.OWNER)
    code, _, complained = run("list", "--as", bob.email)
    assert (code, team.public_id in complained, other.public_id in complained) == (2, True, True)
    assert run("list", "--as", bob.email, "--team", "northlight")[0] == 0


def test_the_list_says_how_each_one_stands(run: Run, connection: Connection) -> None:
    assert f"{connection.public_id}  {connection.name}" in run("list")[1]
    (found,) = json.loads(run("list", "--json")[1])["connections"]
    assert (found["id"], found["standing"], found["key_ends_in"]) == (connection.public_id, "is being tested", KEY[-4:])


def test_a_test_without_a_worker_says_so(run: Run, connection: Connection) -> None:
    code, _, complained = run("test", connection.name)
    assert (code, complained) == (4, f"The test is asked for. {NO_WORKER}\n")


def test_a_test_waits_for_the_workers_answer(
    run: Run, vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    run("add", "reapi", "--name", "Mine", "--base-url", vendor.url)
    Heartbeat.objects.create(cluster="fast", instance="here")
    monkeypatch.setattr("storyboard.connections.management.commands.connection.time.sleep", lambda _: run_jobs())
    for key, code, said in (("sk-other", 1, "does not accept this key"), (KEY, 0, "The key works.")):
        vendor.key = key
        Connection.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
        left, printed, _ = run("test", "mine")
        assert (left, said in printed) == (code, True)


def test_prices_are_shown_set_and_forgotten(run: Run, connection: Connection) -> None:
    words = ("prices", connection.public_id, "--json")
    model = json.loads(run(*words)[1])["prices"][0]["model"]
    assert run("prices", connection.public_id, "--set", model, "720p", "0.2", "0.1")[0] == 0
    own = [one for one in json.loads(run(*words)[1])["prices"] if one["own"]]
    assert [(one["model"], one["size"], one["text"], one["references"]) for one in own] == [
        (model, "720p", "0.2", "0.1")
    ]
    assert run("prices", connection.public_id, "--set", model, "720p", "dear", "0.1")[0] == 1
    assert run("prices", connection.public_id, "--clear")[0] == 0
    assert not any(one["own"] for one in json.loads(run(*words)[1])["prices"])


def test_a_connection_is_switched_off_and_on(run: Run, connection: Connection) -> None:
    assert run("disable", connection.public_id)[1] == f"Nothing new is rendered with {connection.name}.\n"
    assert json.loads(run("list", "--json")[1])["connections"][0]["standing"] == "off"
    assert run("enable", connection.public_id)[0] == 0
    connection.refresh_from_db()
    assert connection.disabled_at is None
    code, _, complained = run("enable", "Nothing")
    assert (code, complained) == (2, f"There is no connection “Nothing”. There is: {connection.name}.\n")


def test_a_name_cannot_steer_the_terminal(run: Run, connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(name="\x1b[2Jgone")
    assert "\x1b" not in run("list")[1] + run("disable", connection.public_id)[1]


def test_a_database_that_cannot_be_used_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise OperationalError("no such table: teams_team\nmore")

    monkeypatch.setattr("storyboard.teams.shell.acting", broken)
    code, _, complained = run("list")
    assert (code, complained.startswith("The database cannot be used: no such table: teams_team.")) == (4, True)
