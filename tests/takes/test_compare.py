"""Two takes beside each other: which two, what differs between what was asked, and choosing there."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.boards.models import Board, Shot
from storyboard.connections.models import Connection
from storyboard.takes.compared import MOST_WORDS, differences, words
from storyboard.takes.models import State, Take
from storyboard.teams.models import Membership, Role, Team, User
from tests.boards.films import picture
from tests.takes import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def shot(film: Board) -> Shot:
    return make.shots_of(film)[0]


def page(client: Client, shot: Shot, query: str = "", *, fragment: bool = True) -> str:
    address = reverse("takes_compare", args=[shot.board.team.public_id, shot.board.public_id, shot.public_id])
    return client.get(f"{address}{query}", headers=HTMX if fragment else {}).text


def shown(text: str) -> list[str]:
    return re.findall(r'aria-label="The clip of take (\d+)"', text)


def test_the_two_that_were_asked_for_are_shown(shot: Shot, alice: User, as_user: AsUser) -> None:
    first, second, third = (make.take(shot) for _ in range(3))
    client = as_user(alice)
    assert shown(page(client, shot, f"?a={third.public_id}&b={first.public_id}")) == ["3", "1"]
    assert shown(page(client, shot, f"?a={second.public_id}&b={second.public_id}")) == ["2", "3"]


def test_without_a_wish_it_is_the_selected_one_and_the_newest(shot: Shot, alice: User, as_user: AsUser) -> None:
    make.selected(shot)
    for state in (State.DONE, State.DONE, State.FAILED):
        make.take(shot, state)
    client = as_user(alice)
    assert shown(page(client, shot)) == ["1", "3"]
    assert shown(page(client, shot, "?a=nobody&b=%00")) == ["1", "3"]


def test_one_take_is_not_compared(shot: Shot, alice: User, as_user: AsUser) -> None:
    make.selected(shot)
    text = page(as_user(alice), shot, fragment=False)
    assert "There is nothing to compare yet" in text
    assert "<video" not in text


def test_a_take_of_another_shot_is_not_shown(film: Board, shot: Shot, alice: User, as_user: AsUser) -> None:
    first, second = make.take(shot), make.take(shot)
    other = make.take(make.shots_of(film)[1])
    text = page(as_user(alice), shot, f"?a={other.public_id}&b={second.public_id}")
    assert shown(text) == [str(first.number), str(second.number)]
    assert other.public_id not in text


def asked(shot: Shot, at: Connection, **request: object) -> Take:
    return make.take(shot, at=at, request={"joint": "cut", "prompt": "Waves break."} | request)


def test_only_what_differs_is_in_the_table(shot: Shot, account: Connection, team: Team) -> None:
    face = picture(team, "face.png")
    link = f"https://reference.invalid/{face.public_id}"
    a = asked(shot, account, seconds=4, seed=None, references=[{"url": link, "kind": "image"}], audio=True)
    b = asked(shot, account, seconds=6, seed=42, references=[{"url": "https://gone.invalid/x", "kind": "image"}])
    found = {row.label: (row.a[0].text, row.b[0].text) for row in differences(a, b, {link: face})}
    assert found == {
        "Length": ("4 s", "6 s"),
        "Sound": ("On", "None"),
        "Seed": ("Any", "42"),
        "References": ("face.png", "a reference that is gone"),
    }


def test_another_connection_and_another_frame_to_open_on_differ_too(
    film: Board, account: Connection, team: Team
) -> None:
    first, second, _ = make.shots_of(film)
    before = make.selected(first)
    other = make.connection(team, name="Second account")
    a, b = asked(second, account), asked(second, other)
    Take.objects.filter(pk=b.pk).update(upstream=before, upstream_ms=2500)
    b.refresh_from_db()
    found = {row.label: (row.a[0].text, row.b[0].text) for row in differences(a, b, {})}
    assert found == {
        "Connection": (str(account), "Second account"),
        "Opened on": ("No other take", "shot 1, take 1 at 2.5 s"),
    }


def test_prompts_are_compared_word_by_word_and_stay_whole() -> None:
    one, other = "A lighthouse at dusk.\n\nWarm light.", "A white lighthouse at  dawn.\n\nWarm light."
    left, right = words(one, other)
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (one, other)
    assert [piece.text.strip() for piece in left if piece.own] == ["dusk"]
    assert [piece.text.strip() for piece in right if piece.own] == ["white", "dawn"]


def test_very_long_prompts_are_shown_whole() -> None:
    text = "wave " * (MOST_WORDS + 1)
    left, right = words(text, "dusk")
    assert ([piece.own for piece in left], [piece.own for piece in right]) == ([False], [False])


def test_what_a_prompt_says_is_only_text(shot: Shot, account: Connection, alice: User, as_user: AsUser) -> None:
    asked(shot, account, prompt="<b>Sea</b>")
    asked(shot, account, prompt="<script>alert(1)</script>")
    text = page(as_user(alice), shot)
    assert "<script>alert" not in text
    assert "&lt;" in text


def test_of_a_clip_of_ones_own_nothing_was_asked(shot: Shot, account: Connection, alice: User, as_user: AsUser) -> None:
    asked(shot, account)
    make.take(shot)
    text = page(as_user(alice), shot)
    assert "One of them is a clip of your own" in text
    assert "A clip of your own</dd>" in text


def test_without_scripts_a_choice_leads_back_to_the_two(shot: Shot, alice: User, as_user: AsUser) -> None:
    first, second = make.selected(shot), make.take(shot)
    client = as_user(alice)
    address = reverse("take_select", args=[shot.board.team.public_id, shot.board.public_id, second.public_id])
    answer = client.post(address, {"a": first.public_id, "b": second.public_id}, follow=True)
    assert shown(answer.text) == ["1", "2"]
    assert "Take 2 is selected." in answer.text


@pytest.mark.parametrize(("role", "buttons"), [(Role.VIEWER, set()), (Role.REVIEWER, {"approve"})])
def test_each_role_sees_its_own_buttons(
    shot: Shot, bob: User, join: Callable[[User, Role], Membership], as_user: AsUser, role: Role, buttons: set[str]
) -> None:
    join(bob, role)
    make.take(shot)
    make.take(shot)
    text = page(as_user(bob), shot)
    assert set(re.findall(r'formaction="[^"]*/(\w+)/"', text)) == buttons
