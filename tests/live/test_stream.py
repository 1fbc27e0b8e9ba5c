"""The stream as a browser gets it, from a real web process."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.contrib.sessions.models import Session

from storyboard.live import publish as publishing
from storyboard.live.hub import SEATS
from storyboard.teams.models import Membership, Role, Team, User
from tests.live.conftest import Open, tell
from tests.live.ear import Ear
from tests.server import Server, session_for


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


Join = Callable[[User, Role], Membership]


def test_a_hint_arrives(web: Server, listen: Open, alice: User, team: Team) -> None:
    ear = listen(web, alice)
    ear.next("hello")
    tell(team.channel, "boards")
    assert ear.next("hint") == "boards"
    assert ear.last_id == "1"


def test_its_headers_keep_caches_and_proxies_from_holding_it_back(web: Server, listen: Open, alice: User) -> None:
    headers = listen(web, alice).answer.headers
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Accel-Buffering"] == "no"


def test_strangers_and_visitors_get_a_404(web: Server, listen: Open, charlie: User) -> None:
    assert listen(web, charlie).status == 404
    assert listen(web, charlie, session="nobody").status == 404


def test_a_page_misses_nothing_between_rendering_and_listening(
    web: Server, listen: Open, alice: User, team: Team
) -> None:
    tell(team.channel, "old", "boards", "cuts")
    ear = listen(web, alice, after=1)
    assert ear.hints(2) == ["boards", "cuts"]
    tell(team.channel, "shots")
    assert (ear.next("hint"), ear.last_id) == ("shots", "4")


def test_a_browser_that_was_away_resumes_after_the_last_it_saw(
    web: Server, listen: Open, alice: User, team: Team
) -> None:
    first = listen(web, alice, after=0)
    tell(team.channel, "boards")
    first.next("hint")
    first.close()
    tell(team.channel, "cuts", "shots")
    assert listen(web, alice, after=0, last_id=first.last_id).hints(2) == ["cuts", "shots"]


@pytest.mark.parametrize("after", ["7", "-3", "x", "9" * 30])
def test_a_position_that_makes_no_sense_fetches_everything(
    web: Server, listen: Open, alice: User, team: Team, after: str
) -> None:
    tell(team.channel, "boards")
    ear = listen(web, alice, after=after)
    ear.next("resync")
    assert ear.last_id == "1"
    tell(team.channel, "cuts")
    assert ear.next("hint") == "cuts"


def test_somebody_too_far_behind_fetches_everything(web: Server, listen: Open, alice: User, team: Team) -> None:
    tell(team.channel, *["boards"] * (publishing.KEEP + 2))
    ear = listen(web, alice, after=1)
    ear.next("resync")
    assert ear.last_id == str(publishing.KEEP + 2)


def test_channels_do_not_hear_each_other(web: Server, listen: Open, alice: User, team: Team) -> None:
    ear = listen(web, alice, after=0)
    tell("team-other", "boards")
    tell(team.channel, "cuts")
    assert ear.next("hint") == "cuts"


def test_it_beats_while_nothing_happens(web: Server, listen: Open, alice: User) -> None:
    listen(web, alice).next("beat", seconds=3)


def test_a_removed_member_hears_no_more(web: Server, listen: Open, bob: User, join: Join, team: Team) -> None:
    membership = join(bob, Role.VIEWER)
    ear = listen(web, bob)
    ear.next("hello")
    membership.delete()
    tell(team.channel, "members", "boards")
    assert [name for name in ear.rest() if name != "beat"] == ["gone"]


def test_a_change_of_somebody_elses_access_is_told_to_the_others(
    web: Server, listen: Open, alice: User, team: Team
) -> None:
    ear = listen(web, alice)
    ear.next("hello")
    tell(team.channel, "members", "boards")
    assert ear.hints(2) == ["members", "boards"]


def test_losing_access_without_a_hint_is_noticed_at_the_next_beat(
    web: Server, listen: Open, bob: User, join: Join
) -> None:
    membership = join(bob, Role.VIEWER)
    ear = listen(web, bob)
    ear.next("hello")
    membership.delete()
    assert ear.rest()[-1] == "gone"


def test_signing_out_ends_the_stream(web: Server, listen: Open, alice: User) -> None:
    key = session_for(alice)
    ear = listen(web, alice, session=key)
    ear.next("hello")
    Session.objects.filter(session_key=key).delete()
    assert ear.rest()[-1] == "gone"


def test_a_new_password_ends_the_streams_of_older_sessions(web: Server, listen: Open, alice: User) -> None:
    ear = listen(web, alice)
    ear.next("hello")
    alice.set_password("another long secret")
    alice.save()
    assert ear.rest()[-1] == "gone"


def test_one_more_than_the_cap_closes_the_oldest(web: Server, listen: Open, alice: User, team: Team) -> None:
    ears = [listen(web, alice) for _ in range(SEATS + 1)]
    for ear in ears:
        ear.next("hello")
    assert ears[0].rest()[-1] == "replaced"
    tell(team.channel, "boards")
    assert [ear.next("hint") for ear in ears[1:]] == ["boards"] * SEATS


def test_a_closed_tab_frees_its_slot(web: Server, listen: Open, alice: User, team: Team) -> None:
    stays = listen(web, alice)
    stays.next("hello")
    tabs = [listen(web, alice) for _ in range(SEATS - 1)]
    for tab in tabs:
        tab.next("hello")
        tab.close()
    # The server hears of a closed socket a moment later.
    stays.next("beat")
    for tab in [listen(web, alice) for _ in range(SEATS - 1)]:
        tab.next("hello")
    tell(team.channel, "boards")
    assert stays.next("hint") == "boards"


def test_a_browser_that_does_not_read_holds_nobody_up(
    web: Server, listen: Open, alice: User, team: Team, sockets: ExitStack
) -> None:
    deaf = sockets.enter_context(socket.create_connection(("127.0.0.1", web.port)))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    path = f"/teams/{team.public_id}/live"
    deaf.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: session={session_for(alice)}\r\n\r\n".encode())
    ear: Ear = listen(web, alice)
    ear.next("hello")
    tell(team.channel, *["boards"] * 150)
    assert len(ear.hints(150)) == 150
