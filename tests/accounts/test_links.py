"""Links that sign in once: made on the first start and by a command, kept as hashes, good for a day."""

import io
import logging
import pwd
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from storyboard.accounts import actions
from storyboard.accounts.links import FIRST_EMAIL, first_sign_in, link_for
from storyboard.accounts.models import SignInLink
from storyboard.boards.models import Board
from storyboard.boards.queries import address_of_board
from storyboard.logs import JsonFormatter
from storyboard.teams.models import AuditEntry, Membership, Role, User

pytestmark = pytest.mark.django_db


def path_of(link: str) -> str:
    return link.removeprefix("http://localhost:8000")


def command(*words: str) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("login_link", *words, stdout=out, stderr=err)
    except SystemExit as stop:
        return out.getvalue(), err.getvalue(), int(str(stop.code))
    return out.getvalue(), err.getvalue(), 0


def test_the_first_start_makes_an_account_with_a_team(client: Client) -> None:
    link = first_sign_in()
    assert link is not None
    film = Board.objects.get()
    assert client.get(path_of(link))["Location"] == address_of_board(film)
    assert client.get("/account/").status_code == 200
    own = Membership.objects.get()
    assert (own.user.email, own.team, own.team.name, own.role) == (FIRST_EMAIL, film.team, "My team", Role.OWNER)


def called(uid: int, full_name: str) -> pwd.struct_passwd:
    return pwd.struct_passwd(("login", "x", uid, uid, full_name, "/", "/bin/sh"))


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (called(1000, "Ann Lee,Room 4,,"), "Ann Lee"),
        (called(0, "root"), "Owner"),
        (called(1000, ""), "Owner"),
        (called(1000, "\u202eA\tnn"), "A nn"),
        (None, "Owner"),
    ],
)
def test_the_first_account_is_called_what_the_computer_calls_its_person(
    monkeypatch: pytest.MonkeyPatch, known: pwd.struct_passwd | None, name: str
) -> None:
    def look_up(_: int) -> pwd.struct_passwd:
        if known is None:
            raise KeyError
        return known

    monkeypatch.setattr(pwd, "getpwuid", look_up)
    first_sign_in()
    assert User.objects.get().name == name


def test_an_account_without_a_name_is_called_as_its_address() -> None:
    assert actions.create_account("ann.lee+films@example.com").name == "Ann Lee"
    assert actions.create_account("ann@example.com", name="A. Lee").name == "A. Lee"


def test_a_later_start_makes_nothing(alice: User) -> None:
    assert first_sign_in() is None
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_starts_at_once_make_one_account() -> None:
    def start(_: int) -> str | None:
        try:
            return first_sign_in()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        links = [link for link in pool.map(start, range(6)) if link]
    assert (len(links), User.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_a_link_works_once_and_rotates_the_session(client: Client, alice: User) -> None:
    client.get("/accounts/2fa/passkeys/login/", headers={"Accept": "application/json"})
    before = client.session.session_key
    link = path_of(link_for(alice))
    assert client.get(link).status_code == 302
    assert client.session.session_key != before
    again = Client().get(link)
    assert again.status_code == 404
    assert "login_link" in again.content.decode()
    assert AuditEntry.objects.filter(action="signed_in").get().detail == {"how": "link"}


@pytest.mark.django_db(transaction=True)
def test_a_link_opened_many_times_at_once_signs_in_once(alice: User) -> None:
    token = actions.make_link(alice)

    def use(_: int) -> bool:
        try:
            return actions.use_link(token) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(use, range(12))) == [False] * 11 + [True]


def test_a_link_is_dead_after_a_day(client: Client, alice: User) -> None:
    link = path_of(link_for(alice))
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "%F0%9F%8E%AC", "a" * 5000, "..%2f..", "<script>"])
def test_an_unknown_link_is_a_plain_page(client: Client, token: str) -> None:
    answer = client.get(f"/accounts/link/{token}/")
    assert answer.status_code == 404
    assert "<script>" not in answer.content.decode().replace('<script src="', "").replace("<script defer", "")


@pytest.mark.parametrize("method", ["head", "post", "put", "options"])
def test_looking_at_a_link_does_not_use_it(client: Client, alice: User, method: str) -> None:
    link = path_of(link_for(alice))
    assert getattr(client, method)(link).status_code == 405
    assert client.get(link).status_code == 302


def test_a_link_does_not_go_around_the_second_step(client: Client, alice: User) -> None:
    TOTP.activate(alice, generate_totp_secret())
    assert client.get(path_of(link_for(alice)))["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/account/").status_code == 302


def test_a_link_for_somebody_else_signs_the_first_person_out(client: Client, alice: User, bob: User) -> None:
    client.force_login(bob)
    client.get(path_of(link_for(alice)))
    assert client.session["_auth_user_id"] == str(alice.pk)


@pytest.mark.usefixtures("with_mail")
def test_a_link_needs_no_confirmed_address(client: Client, alice: User) -> None:
    assert client.get(path_of(link_for(alice)))["Location"] == "/"


def test_the_database_keeps_no_usable_token(alice: User) -> None:
    token = actions.make_link(alice)
    assert token not in str(list(SignInLink.objects.values_list()))
    assert token not in str(list(AuditEntry.objects.values_list()))
    assert len(token) == 43


def test_logs_hide_the_token(alice: User) -> None:
    link = link_for(alice)
    record = logging.LogRecord("uvicorn.access", 20, "", 0, '127.0.0.1 - "GET %s HTTP/1.1" 302', (path_of(link),), None)
    assert link.split("/")[-2] not in JsonFormatter().format(record)


def test_the_command_prints_one_line(alice: User, settings: Settings, tmp_path: Path) -> None:
    # Another test's server may be running in the folder that all share.
    settings.RUNNING_AT = tmp_path / "running-at"
    settings.PUBLIC_URL = "https://films.example.com"
    out, err, code = command("Alice@Example.com")
    assert (err, code, out.count("\n")) == ("", 0, 1)
    assert out.startswith("Sign in: https://films.example.com/accounts/link/")
    assert AuditEntry.objects.get().action == "link_made"


def test_the_command_says_so_when_there_is_nobody() -> None:
    out, err, code = command("nobody@example.com")
    assert (out, code) == ("", 1)
    assert err == "Nobody here has the address nobody@example.com. Add --create to make the account.\n"


def test_the_command_makes_an_account_when_asked(client: Client) -> None:
    out, _, code = command("eve@example.com", "--create", "--name", "Eve")
    assert code == 0
    assert User.objects.get().name == "Eve"
    assert client.get(path_of(out.split()[-1])).status_code == 302


@pytest.mark.parametrize(("email", "name"), [("nonsense", "Eve"), ("eve@example.com", "E" * 81), ("\x00@x.com", "")])
def test_the_command_makes_no_account_from_nonsense(email: str, name: str) -> None:
    out, err, code = command(email, "--create", "--name", name)
    assert (out, code, err.count("\n"), User.objects.count()) == ("", 1, 1, 0)
    assert "is not an e-mail address." in err or "Cannot make an account for " in err


def test_a_database_that_cannot_be_used_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**wanted: object) -> None:
        raise OperationalError("no such table: teams_user\n^")

    monkeypatch.setattr(User.objects, "filter", refuse)
    out, err, status = command("alice@example.com")
    assert (out, status) == ("", 1)
    assert err.startswith("The database cannot be used: no such table: teams_user. ")


def test_a_link_leads_to_where_the_server_runs_unless_the_environment_says_otherwise(
    alice: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RUNNING_AT = tmp_path / "running-at"
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    assert link_for(alice).startswith(settings.PUBLIC_URL + "/")
    settings.RUNNING_AT.write_text("http://localhost:8270")
    assert link_for(alice).startswith("http://localhost:8270/accounts/link/")
    monkeypatch.setenv("PORT", "8000")
    assert link_for(alice).startswith(settings.PUBLIC_URL + "/")
