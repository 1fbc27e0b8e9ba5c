"""What a take hands to its follower: the vendor's own link while it lives, our copy otherwise, or what must be made."""

import json
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from storyboard.connections.models import Connection
from storyboard.errors import DomainError
from storyboard.media.models import Grant, Kind
from storyboard.takes import handoff
from storyboard.takes.models import State, Take
from storyboard.takes.placeholders import OPENING, TAIL
from storyboard.teams.models import Team, User
from tests.takes import make

VENDORS = "https://clips.example.com/last.png?signed"
DAY = timedelta(days=1)
Pair = tuple[Take, Take]


@pytest.fixture(autouse=True)
def reached(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://film.example.com"


@pytest.fixture
def pair(team: Team, alice: User, account: Connection) -> Pair:
    """A take that is done, and one that opens on its end."""
    first, second = make.shots_of(make.board_with(team, alice, "cut continue", account))
    upstream = make.selected(first, at=account, last_frame=make.file(team))
    return make.take(second, State.WAITING, at=account, asked=json.dumps({"image": OPENING})), upstream


def vendors(upstream: Take, life: timedelta = DAY) -> None:
    upstream.last_frame_url, upstream.links_until = VENDORS, timezone.now() + life
    upstream.save()


def test_a_copy_is_lent_to_the_vendor_and_written_down(pair: Pair) -> None:
    found = handoff.links(*pair)
    assert list(found) == [OPENING]
    assert found[OPENING].startswith("https://film.example.com/")
    assert pair[1].last_frame is not None
    assert Grant.objects.get().file == pair[1].last_frame


def test_the_vendors_own_link_goes_back_to_the_account_that_made_it(pair: Pair) -> None:
    vendors(pair[1])
    assert handoff.links(*pair) == {OPENING: VENDORS}
    assert not Grant.objects.exists()


def test_a_vendors_link_that_is_about_to_end_is_not_used(pair: Pair) -> None:
    vendors(pair[1], timedelta(hours=1))
    assert handoff.links(*pair)[OPENING] != VENDORS


def test_where_nobody_reaches_our_copy_the_vendors_link_is_used_to_its_end(pair: Pair, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    vendors(pair[1], timedelta(hours=1))
    assert handoff.links(*pair)[OPENING] == VENDORS
    vendors(pair[1], timedelta(minutes=1))
    with pytest.raises(DomainError, match="vendors cannot fetch"):
        handoff.links(*pair)


def test_a_vendor_of_our_own_network_reaches_our_copy(pair: Pair, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    vendors(pair[1], timedelta(minutes=1))
    assert pair[0].connection
    pair[0].connection.base_url = "http://127.0.0.1:9000/api/v3"
    assert handoff.links(*pair)[OPENING] not in {"", VENDORS}


def test_another_account_gets_our_copy(pair: Pair, team: Team) -> None:
    vendors(pair[1])
    pair[0].connection = make.connection(team)
    assert handoff.links(*pair)[OPENING] != VENDORS


def test_an_earlier_moment_is_its_own_frame(pair: Pair, team: Team) -> None:
    take, upstream = pair
    vendors(upstream)
    upstream.hand_off_ms = 1500
    assert handoff.missing(take, upstream) == "frame"
    upstream.hand_off_frame = make.file(team)
    assert handoff.missing(take, upstream) == ""
    handoff.links(take, upstream)
    assert Grant.objects.get().file == upstream.hand_off_frame


def test_without_a_last_frame_one_has_to_be_made(pair: Pair) -> None:
    take, upstream = pair
    upstream.last_frame = None
    assert handoff.missing(take, upstream) == "frame"
    with pytest.raises(LookupError):
        handoff.links(take, upstream)


def test_movement_needs_the_last_seconds(pair: Pair, team: Team) -> None:
    take, upstream = pair
    take.asked = json.dumps({"video_urls": [TAIL]})
    assert handoff.missing(take, upstream) == "tail"
    upstream.tail = make.file(team, kind=Kind.VIDEO)
    assert handoff.missing(take, upstream) == ""
    assert list(handoff.links(take, upstream)) == [TAIL]


def test_a_prompt_that_says_the_made_up_link_asks_for_nothing(pair: Pair) -> None:
    take, upstream = pair
    take.asked = json.dumps({"prompt": OPENING, "content": [{"type": "text", "text": TAIL}]})
    upstream.last_frame = None
    assert handoff.missing(take, upstream) == ""
    assert handoff.links(take, upstream) == {}


def sent_at_last(take: Take, upstream: Take) -> None:
    """As a claim and its POST leave it."""
    take.upstream, take.upstream_ms, take.sent_at = upstream, upstream.hand_off_ms, timezone.now()
    handoff.links(take, upstream)


def test_what_was_given_of_the_end_is_its_last_frame_also_by_the_vendors_own_link(pair: Pair) -> None:
    take, upstream = pair
    vendors(upstream)
    assert handoff.given(take) == []
    sent_at_last(take, upstream)
    upstream.hand_off_ms = 1500
    assert handoff.given(take) == [(OPENING, upstream.last_frame)]


@pytest.mark.parametrize("made_up", [OPENING, TAIL])
def test_what_was_given_is_known_when_another_moment_is_handed_over_now(pair: Pair, team: Team, made_up: str) -> None:
    take, upstream = pair
    take.asked = json.dumps({"urls": [made_up]})
    frame, tail = make.file(team), make.file(team, kind=Kind.VIDEO)
    upstream.hand_off_ms, upstream.hand_off_frame, upstream.tail = 1500, frame, tail
    sent_at_last(take, upstream)
    upstream.hand_off_ms, upstream.hand_off_frame, upstream.tail = 2500, make.file(team), None
    then = frame if made_up == OPENING else tail
    assert handoff.given(take) == [(made_up, then)]
    # Nothing points at it any more, so a sweep may take it.
    then.delete()
    assert handoff.given(take) == [(made_up, None)]
