"""Tries are counted exactly, by account and by address, across threads and processes."""

from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from storyboard.accounts import throttle
from storyboard.accounts.models import Attempts
from storyboard.accounts.throttle import BAD_PASSWORDS, SIGN_INS, Limit
from storyboard.teams.models import AuditEntry, User

pytestmark = pytest.mark.django_db
SECRET = "a long enough secret"


def sign_in(email: str, password: str = "wrong wrong wrong", *, ip: str = "203.0.113.1", **headers: str) -> str:
    answer = Client(REMOTE_ADDR=ip).post("/accounts/login/", {"login": email, "password": password}, headers=headers)
    if answer.status_code == 302:
        return "in"
    page = answer.content.decode()
    return "wait" if "Too many" in page else "no" if "do not match" in page else page


def test_the_sixth_bad_password_is_refused_from_whatever_address(alice: User) -> None:
    assert [sign_in(alice.email, ip=f"203.0.113.{n}") for n in range(1, 7)] == ["no"] * 5 + ["wait"]
    assert sign_in(alice.email, SECRET, ip="203.0.113.9") == "wait"


def test_a_missing_account_is_refused_the_same_way() -> None:
    assert [sign_in("nobody@example.com") for _ in range(6)] == ["no"] * 5 + ["wait"]


def test_somebody_else_signs_in_while_one_account_is_locked(alice: User, bob: User) -> None:
    for _ in range(7):
        sign_in(alice.email)
    assert sign_in(bob.email, SECRET, ip="198.51.100.7") == "in"


def test_the_right_password_takes_nothing_from_the_five(alice: User) -> None:
    for _ in range(4):
        sign_in(alice.email)
    assert sign_in(alice.email, SECRET) == "in"
    assert [sign_in(alice.email) for _ in range(2)] == ["no", "wait"]


def test_the_31st_sign_in_in_a_minute_from_one_address_is_refused(alice: User) -> None:
    answers = [sign_in(f"nobody{n}@example.com") for n in range(31)]
    assert answers == ["no"] * 30 + ["wait"]
    assert sign_in(alice.email, SECRET) == "wait"
    assert sign_in(alice.email, SECRET, ip="198.51.100.7") == "in"


def test_a_made_up_forwarded_address_changes_nothing() -> None:
    answers = [sign_in(f"n{n}@example.com", **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(31)]
    assert answers[-1] == "wait"


def test_behind_a_trusted_proxy_each_client_has_its_own_count(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    for n in range(31):
        sign_in(f"n{n}@example.com", ip="10.0.0.1", **{"X-Forwarded-For": "198.51.100.1"})
    assert sign_in("a@example.com", ip="10.0.0.1", **{"X-Forwarded-For": "198.51.100.1"}) == "wait"
    assert sign_in("a@example.com", ip="10.0.0.1", **{"X-Forwarded-For": "198.51.100.2"}) == "no"


def test_the_stretch_slides_with_the_clock() -> None:
    tries = [throttle.count(BAD_PASSWORDS, "a", now=at) for at in (0, 100, 200, 298, 299)]
    assert tries == [0] * 5
    assert throttle.count(BAD_PASSWORDS, "a", now=299) == 1
    assert throttle.count(BAD_PASSWORDS, "a", now=300) == 0
    assert throttle.count(BAD_PASSWORDS, "a", now=301) == 99


def test_the_person_is_told_when_to_try_again(alice: User, client: Client) -> None:
    for _ in range(5):
        sign_in(alice.email)
    page = client.post("/accounts/login/", {"login": alice.email, "password": SECRET}).content.decode()
    assert "Try again in 5 minutes, or reset your password." in page
    assert f'value="{alice.email}"' in page
    assert SECRET not in page


def test_guesses_at_an_open_laptop_are_counted_too(alice: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": SECRET})
    form = {"oldpassword": "wrong wrong wrong", "password1": "another good secret"}
    for _ in range(5):
        assert "not your current password" in client.post("/accounts/password/change/", form).content.decode()
    assert sign_in(alice.email, SECRET, ip="198.51.100.7") == "wait"


def test_refused_tries_leave_no_rows_in_the_audit_log(alice: User) -> None:
    for _ in range(9):
        sign_in(alice.email)
    assert AuditEntry.objects.filter(action="sign_in_failed", subject=alice.email).count() == 5


def test_old_counts_are_swept() -> None:
    throttle.count(SIGN_INS, "old", now=0)
    throttle.count(SIGN_INS, "new", now=10_000)
    throttle.sweep(now=10_001)
    assert Attempts.objects.count() == 1


@pytest.mark.parametrize(
    ("ip", "whose"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
    ],
)
def test_an_address_counts_for_whoever_holds_it(ip: str, whose: str) -> None:
    assert throttle.network(ip) == whose


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_exactly_the_allowed_number_go_on() -> None:
    limit = Limit("test", 7, 60)

    def attempt(_: int) -> int:
        try:
            return throttle.count(limit, "somebody", now=1000)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, range(40)))
    assert sorted(waits) == [0] * 7 + [60] * 33
    assert len(Attempts.objects.get().tries) == 7
