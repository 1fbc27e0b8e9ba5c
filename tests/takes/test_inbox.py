"""The inbox: what vendors posted, shown to owners as text; a bell rung once more; tasks that no take knows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.errors import Forbidden
from storyboard.takes import callbacks, inbox
from storyboard.takes.actions import binding
from storyboard.takes.actions import inbox as actions
from storyboard.takes.models import Delivery, Orphan, State, Take
from storyboard.takes.verdicts import OWN, OWN_AS_KNOWN, WHERE, Verdict, kind
from storyboard.teams.models import AuditEntry, Membership, Role, Team, User
from tests.takes import make
from tests.takes.bells import armed, body, ring, task

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
HOSTILE = "<script>hurt()</script>"


@pytest.fixture
def take(film: Board, account: Connection) -> Take:
    """One that its vendor works on."""
    return make.running(film, account)


def came(take: Take, task_id: str = "", **columns: Any) -> Delivery:
    own = {"vendor": "ark", "task_id": task_id, "key": f"{Delivery.objects.count()}", "said": "succeeded"}
    return Delivery.objects.create(take=take, **(own | columns))


def address(team: Team, query: str = "") -> str:
    return reverse("inbox", args=[team.public_id]) + query


def replay(client: Client, found: Delivery, team: Team, **headers: str) -> Any:
    return client.post(reverse("inbox_replay", args=[team.public_id, found.pk]), headers=headers)


def test_it_says_when_nobody_rang_how_results_come_anyway(
    team: Team, account: Connection, alice: User, as_user: AsUser, settings: LazySettings
) -> None:
    settings.CALLBACKS = "never"
    text = as_user(alice).get(address(team)).text
    assert "Nobody rang yet" in text
    assert "results also come by asking" in text
    assert "whoever runs Lastframe has Ark / ModelArk call nobody back" in text


def test_a_knock_stands_there_with_vendor_take_word_verdict_and_body(
    take: Take, team: Team, alice: User, as_user: AsUser
) -> None:
    path = armed(take)
    for _ in range(3):
        assert ring(path, body(take.remote_id)) == 200
    text = as_user(alice).get(address(team)).text
    for wanted in ("says: done", "came 3 times", take.remote_id, take.public_id, "The take’s own task"):
        assert wanted in text
    assert "&quot;status&quot;: &quot;succeeded&quot;" in text
    at = reverse("board", args=[team.public_id, take.shot.board.public_id])
    assert f'href="{at}?shot={take.shot.public_id}&amp;tab=takes"' in text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PRODUCER])
def test_only_owners_see_it(
    take: Take, team: Team, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser, role: Role
) -> None:
    found = came(take, take.remote_id)
    join(bob, role)
    client = as_user(bob)
    assert client.get(address(team)).status_code == 403
    assert replay(client, found, team).status_code == 403
    assert ">Inbox<" not in client.get(f"/teams/{team.public_id}/").text


def test_markup_in_a_body_a_name_and_a_task_stays_text(take: Take, team: Team, alice: User, as_user: AsUser) -> None:
    Board.objects.filter(pk=take.shot.board_id).update(name=HOSTILE)
    came(take, HOSTILE, body=HOSTILE, verdict=HOSTILE)
    Orphan.objects.create(
        connection_id=take.connection_id or 0, remote_id=HOSTILE, model=HOSTILE, remote_state=HOSTILE[:20]
    )
    html = as_user(alice).get(address(team)).text
    assert HOSTILE not in html
    assert html.count("&lt;script&gt;hurt()") >= 6


@pytest.mark.parametrize(
    "text",
    ["[" * 9000, "{" * 20_000, '{"a": ' * 300, '"\\ud800"', "1" * 9000, "NaN", "\x1b[31m", '{"a": 1, "a": 2}', ""],
    ids=["brackets", "braces", "nested", "half a letter", "digits", "no number", "terminal", "twice", "nothing"],
)
def test_whatever_was_posted_can_be_shown(take: Take, team: Team, alice: User, as_user: AsUser, text: str) -> None:
    came(take, body=text)
    answer = as_user(alice).get(address(team))
    assert answer.status_code == 200
    assert len(answer.content) < 80_000


def test_what_is_nested_as_deep_as_is_allowed_stays_short() -> None:
    half = inbox.MOST_BRACKETS // 2
    assert len(inbox.pretty("[" * half + "]" * half)) < 200_000
    assert "\n" not in inbox.pretty("[" * (inbox.MOST_BRACKETS + 1))


SPELLINGS = {"plain": ("/", "/"), "json": ("/", "\\/"), "in another address": ("/", "%2F")}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_bells_secret_that_a_vendor_repeats_is_neither_kept_nor_shown(
    take: Take, team: Team, alice: User, as_user: AsUser, spelling: str
) -> None:
    path = armed(take)
    secret, told = path.split("/")[-1], f'{{"callback_url": "{path.replace(*SPELLINGS[spelling])}"}}'
    assert ring(path, told.encode()) == 200
    assert secret not in Delivery.objects.get().body
    # One that was kept before.
    came(take, body=told)
    page = as_user(alice).get(address(team)).text
    assert (page.count("callback_url"), secret in page, secret[:9] in page) == (2, False, False)


def test_an_address_that_is_no_bell_is_left_alone() -> None:
    text = '{"video_url": "https://cdn.example/hooks/a.mp4?x=/hooks/"}'
    assert callbacks.without_secrets(text) == text


def test_each_delivery_is_of_one_kind(take: Take) -> None:
    own = take.remote_id
    for task_id, verdict in (
        ("", ""),
        (own, ""),
        ("other", ""),
        ("other", binding.OLDER),
        ("other", OWN),
        (own, OWN_AS_KNOWN),
        (own, binding.OTHER_TAKE),
    ):
        came(take, task_id, verdict=verdict)
    for found in Delivery.objects.select_related("take"):
        fits = [each for each in Verdict if Delivery.objects.filter(WHERE[each], pk=found.pk).exists()]
        assert fits == [kind(found)]


def test_it_is_narrowed_by_task_vendor_board_and_verdict(
    take: Take, team: Team, account: Connection, alice: User, as_user: AsUser
) -> None:
    other = make.running(make.board_with(team, alice, "cut", account), account)
    rows = {"own": came(take, take.remote_id), "other": came(other, "task_x", vendor="reapi")}
    client = as_user(alice)
    for query, wanted in (
        (f"?text={take.remote_id[5:12]}", "own"),
        (f"?text={other.public_id}", "other"),
        ("?vendor=reapi", "other"),
        (f"?board={take.shot.board.public_id}", "own"),
        ("?verdict=open", "other"),
    ):
        html = client.get(address(team, query), headers=HTMX).text
        assert re.findall(r'id="delivery-(\d+)"', html) == [str(rows[wanted].pk)], query
    assert "Nothing found" in client.get(address(team, "?text=nobody")).text


@pytest.mark.parametrize(
    "query", ["?vendor=x", "?board=x", "?verdict=x", "?before=x", f"?before={10**30}", "?after=-1"]
)
def test_nonsense_in_the_filter_finds_nothing(take: Take, team: Team, alice: User, as_user: AsUser, query: str) -> None:
    came(take)
    answer = as_user(alice).get(address(team, query))
    assert (answer.status_code, "Nothing found" in answer.text) == (422, True)


def test_pages_are_neighbours_whatever_comes_meanwhile(
    take: Take, team: Team, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "A_PAGE", 2)
    keys = [came(take).pk for _ in range(5)]
    client = as_user(alice)

    def shown(query: str = "") -> list[int]:
        return [int(key) for key in re.findall(r'id="delivery-(\d+)"', client.get(address(team, query)).text)]

    assert shown() == keys[:2:-1]
    came(take)
    assert shown(f"?before={keys[3]}") == [keys[2], keys[1]]
    assert shown(f"?before={keys[1]}") == [keys[0]]
    assert shown(f"?after={keys[0]}") == [keys[2], keys[1]]
    assert shown(f"?after={10**9}") == shown()
    assert f"before={keys[1]}" in client.get(address(team, f"?after={keys[0]}")).text


def test_the_queries_do_not_grow_with_what_came(take: Take, team: Team, alice: User, as_user: AsUser) -> None:
    client, counted = as_user(alice), []
    for number in range(2):
        for more in range(1, 4):
            came(take, take.remote_id)
            Orphan.objects.create(connection_id=take.connection_id or 0, remote_id=f"stray {number} {more}")
        with CaptureQueriesContext(connection) as queries:
            client.get(address(team))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12


@pytest.mark.parametrize("said", ["succeeded", "running"])
def test_a_replay_of_the_takes_own_task_asks_the_vendor_once(
    take: Take, team: Team, alice: User, as_user: AsUser, said: str
) -> None:
    found = came(take, take.remote_id, said=said)
    answer = replay(as_user(alice), found, team, **HTMX)
    assert "The vendor is being asked" in answer.headers["HX-Trigger"]
    assert f'id="delivery-{found.pk}"' in answer.text
    assert (make.queued("polling.refresh"), make.queued("binding.answer")) == ([[take.pk]], [])
    assert AuditEntry.objects.filter(action="delivery_replayed", actor_id=alice.pk).count() == 1


def test_a_replay_of_another_task_judges_it_anew(take: Take, team: Team, alice: User, as_user: AsUser) -> None:
    found = came(take, "task_other", verdict=binding.OLDER)
    assert "The vendor is being asked whose task this is." in replay(as_user(alice), found, team, **HTMX).text
    assert make.queued("binding.answer") == [[found.pk]]
    found.refresh_from_db()
    assert found.verdict == ""


def test_a_replay_believes_nothing_that_the_body_says(take: Take, alice: User) -> None:
    found = came(take, take.remote_id, body=body(take.remote_id).decode())
    before = Take.objects.values().get(pk=take.pk)
    actions.replay(found, by=alice)
    assert Take.objects.values().get(pk=take.pk) == before


@pytest.mark.parametrize(
    ("state", "task_id", "sentence"),
    [
        (State.DONE, "own", "this take is over (done)"),
        (State.COLLECTING, "own", "its clip is on its way here"),
        (State.UNKNOWN, "", "this delivery names no task"),
    ],
)
def test_a_replay_that_asks_nobody_says_why(
    film: Board, account: Connection, alice: User, state: State, task_id: str, sentence: str
) -> None:
    take = make.take(make.shots_of(film)[0], state, at=account)
    found = came(take, take.remote_id if task_id else "")
    assert sentence in actions.replay(found, by=alice)
    assert make.queued("polling.refresh") + make.queued("binding.answer") == []
    assert not AuditEntry.objects.filter(action="delivery_replayed").exists()


def test_a_replay_after_the_end_still_asks_about_a_second_task(film: Board, account: Connection, alice: User) -> None:
    found = came(make.take(make.shots_of(film)[0], State.DONE, at=account), "task_second")
    assert actions.replay(found, by=alice) == actions.ASKED
    assert make.queued("binding.answer") == [[found.pk]]


@pytest.mark.parametrize("key", [0, 10**9, 10**25])
def test_forged_keys_open_nothing(
    take: Take, team: Team, charlie: User, alice: User, as_user: AsUser, key: int
) -> None:
    found, own = came(take, take.remote_id), charlie.memberships.get().team
    assert replay(as_user(charlie), found, own).status_code == 404
    for name in ("inbox_replay", "orphan_dismiss", "orphan_restore"):
        assert as_user(alice).post(reverse(name, args=[team.public_id, key])).status_code == 404
    assert make.queued("polling.refresh") == []


def test_a_task_that_no_take_knows_is_put_away_and_taken_out_again(
    account: Connection, team: Team, alice: User, as_user: AsUser
) -> None:
    binding.strays(account, [task("cgt-stray", model="seedance")])
    stray, client = Orphan.objects.get(), as_user(alice)
    text = client.get(address(team)).text
    assert "Tasks that no take knows" in text
    assert account.about.console_url in text
    told = client.post(reverse("orphan_dismiss", args=[team.public_id, stray.pk]), headers=HTMX).text
    again = reverse("orphan_restore", args=[team.public_id, stray.pk])
    assert ("is put away" in told, again in told, "1 task put away" in told) == (True, True, True)
    assert binding.strays(account, [task("cgt-stray")]) == []
    assert "cgt-stray" in client.get(address(team, "?away")).text
    assert "Tasks that no take knows" in client.post(again, headers=HTMX).text
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"orphan_dismissed", "orphan_restored"}


def test_the_actions_are_for_owners_whoever_calls_them(
    take: Take, account: Connection, team: Team, bob: User, join: Callable[[User, Role], Membership]
) -> None:
    join(bob, Role.PRODUCER)
    stray = Orphan.objects.create(connection=account, remote_id="cgt-stray")
    found = came(take, take.remote_id)
    for act in (
        lambda: actions.replay(found, by=bob),
        lambda: actions.dismiss(stray, by=bob),
        lambda: actions.bring_back(stray, by=bob),
    ):
        with pytest.raises(Forbidden, match="this needs an owner"):
            act()


def test_putting_away_twice_is_once(account: Connection, team: Team, alice: User) -> None:
    stray = Orphan.objects.create(connection=account, remote_id="cgt-stray", dismissed_at=timezone.now())
    actions.dismiss(stray, by=alice)
    assert not AuditEntry.objects.filter(action="orphan_dismissed").exists()
    actions.bring_back(stray, by=alice)
    stray.refresh_from_db()
    assert stray.dismissed_at is None


def test_everything_can_be_done_without_scripts(
    take: Take, account: Connection, team: Team, alice: User, as_user: AsUser
) -> None:
    found, client = came(take, take.remote_id), as_user(alice)
    stray = Orphan.objects.create(connection=account, remote_id="cgt-stray")
    text = client.post(reverse("inbox_replay", args=[team.public_id, found.pk]), follow=True).text
    assert "The vendor is being asked what is true." in text
    for name, said in (("orphan_dismiss", "is put away"), ("orphan_restore", "is listed again")):
        assert said in client.post(reverse(name, args=[team.public_id, stray.pk]), follow=True).text
