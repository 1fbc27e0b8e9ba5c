"""A clip is brought here, checked and kept, with what its followers need of it; otherwise it ends clearly."""

import io
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from PIL import Image

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.errors import Conflict
from storyboard.media import fetch
from storyboard.media.models import File, Kind
from storyboard.media.storage import store
from storyboard.rendering import frames
from storyboard.rendering.probe import probe
from storyboard.takes.actions import chain, choosing, results, runs
from storyboard.takes.actions import collecting as leases
from storyboard.takes.models import Gate, State, Take
from storyboard.takes.placeholders import OPENING, TAIL
from storyboard.takes.tasks import collecting
from storyboard.takes.waits import Why, around, wait
from storyboard.teams.models import AuditEntry, Team, User
from tests.media import seeds
from tests.takes import make
from tests.takes.vendor import TakesVendor

SECONDS = 3


@pytest.fixture(scope="session")
def film() -> bytes:
    return seeds.clip("mp4", seconds=SECONDS)


@pytest.fixture
def board(team: Team, alice: User, there: Connection) -> Board:
    return make.board_with(team, alice, "cut continue motion", there)


@pytest.fixture
def take(board: Board, there: Connection, vendor: TakesVendor, film: bytes) -> Take:
    """Made at the vendor, which serves its clip."""
    found = arrived(board, there, vendor.link("clip.mp4"))
    vendor.serves("clip.mp4", film)
    return found


def arrived(board: Board, at: Connection, clip_url: str) -> Take:
    until = timezone.now() + timedelta(hours=20)
    return make.take(make.shots_of(board)[0], State.COLLECTING, at=at, clip_url=clip_url, links_until=until)


def follower(take: Take, at: Connection, link: str = OPENING) -> Take:
    """It waits for that take, to open on its end or to carry on its movement."""
    shot = make.shots_of(take.shot.board)[2 if link == TAIL else 1]
    own = {"asked": json.dumps({"link": link}), "follows_id": take.shot_id, "run": take.run or make.run(shot.board)}
    return make.take(shot, State.WAITING, at=at, **own)


def collect(take: Take) -> Take:
    make.job("collecting.collect", take.pk)
    take.refresh_from_db()
    return take


def again(take: Take) -> Take:
    """The pause is over."""
    make.aged(take, lease_until=-1, wake_at=-1)
    return collect(take)


def opened(file: File | None, folder: Path) -> Image.Image:
    assert file is not None
    return Image.open(io.BytesIO(make.content(file, folder))).convert("RGB")


def test_a_clip_is_kept_byte_for_byte(take: Take, film: bytes, tmp_path: Path) -> None:
    collect(take)
    assert (take.state, take.is_selected, take.sentence) == (State.DONE, True, "")
    assert take.clip is not None
    assert make.content(take.clip, tmp_path) == film
    assert (take.clip.kind, take.clip.origin) == (Kind.VIDEO, "take")


def test_whoever_has_waited_enough_stops_the_tries(take: Take, alice: User, vendor: TakesVendor, board: Board) -> None:
    vendor.serves("clip.mp4", b"no clip", "text/html")
    collect(take)
    assert (take.state, results.is_stuck(take)) == (State.COLLECTING, True)
    held, spent = make.ledger(take)
    runs.cancel_take(take, by=alice)
    take.refresh_from_db()
    assert take.state == State.FAILED
    assert "charged" in take.sentence
    assert "Alice Munro stopped trying." in take.sentence
    assert make.ledger(take) == (0, held + spent)
    assert AuditEntry.objects.filter(action="take_given_up").exists()
    assert make.take(make.shots_of(board)[0], State.QUEUED, at=take.connection).number == take.number + 1


def test_what_is_being_fetched_for_the_first_time_is_not_stopped(take: Take, alice: User) -> None:
    with pytest.raises(Conflict, match="is being fetched"):
        runs.cancel_take(take, by=alice)


def test_a_job_that_is_at_it_changes_nothing_of_what_was_stopped(take: Take, alice: User) -> None:
    Take.objects.filter(pk=take.pk).update(sentence="Nobody answered. It is tried again by itself.")
    begun = leases.begin(take.pk)
    assert begun is not None
    runs.cancel_take(take, by=alice)
    assert not results.collected(begun, results.Brought(clip=make.file(take.shot.board.team, kind=Kind.VIDEO)))
    take.refresh_from_db()
    assert (take.state, take.clip) == (State.FAILED, None)


def test_the_shelf_offers_to_stop_the_tries(take: Take, alice: User, as_user: Callable[[User], Client]) -> None:
    place = [take.shot.board.team.public_id, take.shot.board.public_id, take.shot.public_id]
    address, client = f"{reverse('takes', args=place)}?take={take.public_id}", as_user(alice)
    assert "Stop trying" not in client.get(address).text
    Take.objects.filter(pk=take.pk).update(sentence="Nobody answered. It is tried again by itself.")
    assert "Stop trying" in client.get(address).text
    stop = reverse("take_cancel", args=[*place[:2], take.public_id])
    assert "is not fetched any more" in client.post(stop, follow=True).text


@pytest.fixture
def slow(take: Take, vendor: TakesVendor, monkeypatch: pytest.MonkeyPatch) -> Take:
    """Its vendor has sent its clip so slowly that it was given up for this time."""
    vendor.dripping.add("clip.mp4")
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "GRACE", 0.3)
        collect(take)
    vendor.dripping.clear()
    return take


def test_a_clip_that_drips_is_given_up_for_this_time(slow: Take) -> None:
    assert slow.state == State.COLLECTING
    assert "did not arrive in time" in slow.sentence
    assert Gate.objects.filter(connection=slow.connection, fetch_after__gt=timezone.now()).exists()


def test_what_drips_keeps_no_worker_from_other_vendors(
    slow: Take, team: Team, alice: User, there: Connection, vendor: TakesVendor, film: bytes
) -> None:
    vendor.serves("same.mp4", film)
    vendor.serves("other.mp4", film)
    same = arrived(make.board_with(team, alice, "cut cut", there), there, vendor.link("same.mp4"))
    elsewhere = make.connection(team, base_url=vendor.url, by=alice)
    other = arrived(make.board_with(team, alice, "cut cut", elsewhere), elsewhere, vendor.link("other.mp4"))
    assert (collect(same).state, same.attempts) == (State.COLLECTING, 0)
    assert vendor.asked["/files/same.mp4"] == 0
    assert collect(other).state == State.DONE


def test_a_slow_vendor_is_tried_by_one_at_a_time_and_free_once_that_was_quick(
    slow: Take, team: Team, alice: User, there: Connection, vendor: TakesVendor, film: bytes
) -> None:
    vendor.serves("same.mp4", film)
    same = arrived(make.board_with(team, alice, "cut cut", there), there, vendor.link("same.mp4"))
    Gate.objects.update(fetch_after=timezone.now() - timedelta(seconds=1))
    make.aged(slow, lease_until=-1, wake_at=-1)
    begun = leases.begin(slow.pk)
    assert begun is not None
    assert collect(same).state == State.COLLECTING
    leases.came_quickly(begun)
    assert collect(same).state == State.DONE


def test_a_turn_that_came_to_nothing_is_the_next_ones_at_once(slow: Take, vendor: TakesVendor) -> None:
    Gate.objects.update(fetch_after=timezone.now() - timedelta(seconds=1))
    del vendor.answers["/files/clip.mp4"]
    assert again(slow).state == State.COLLECTING
    assert not Gate.objects.filter(fetch_after__gt=timezone.now()).exists()


def test_a_slow_clip_comes_with_more_patience(slow: Take) -> None:
    Gate.objects.update(fetch_after=timezone.now() - timedelta(seconds=1))
    assert again(slow).state == State.DONE
    assert not Gate.objects.exclude(fetch_after=None).exists()


def test_without_a_follower_no_frame_is_made(take: Take) -> None:
    assert collect(take).last_frame is None


def test_a_follower_gets_the_very_last_frame_of_the_clip(
    take: Take, board: Board, there: Connection, film: bytes, tmp_path: Path
) -> None:
    waiting = follower(take, there)
    collect(take)
    (tmp_path / "film").write_bytes(film)
    assert opened(take.last_frame, tmp_path).tobytes() == frames.last_frame(tmp_path / "film").tobytes()
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


def test_the_vendors_own_frame_is_the_hand_off_even_where_it_differs(
    take: Take, board: Board, there: Connection, vendor: TakesVendor, tmp_path: Path
) -> None:
    follower(take, there)
    other = Image.fromarray(np.full((64, 96, 3), 7, np.uint8))
    vendor.serves("last.png", seeds.picture("png", other), "image/png")
    Take.objects.filter(pk=take.pk).update(last_frame_url=vendor.link("last.png"))
    collect(take)
    assert opened(take.last_frame, tmp_path).tobytes() == other.tobytes()


def test_a_vendors_frame_that_is_none_is_made_here(
    take: Take, board: Board, there: Connection, vendor: TakesVendor, tmp_path: Path
) -> None:
    follower(take, there)
    vendor.serves("last.png", b"<html>", "image/png")
    Take.objects.filter(pk=take.pk).update(last_frame_url=vendor.link("last.png"), links_until=timezone.now())
    vendor.made(take, "clip.mp4", "last.png")
    collect(take)
    assert take.state == State.DONE
    assert opened(take.last_frame, tmp_path).size == (96, 64)


def test_a_follower_that_matches_motion_gets_the_last_two_seconds(
    take: Take, board: Board, there: Connection, tmp_path: Path
) -> None:
    waiting = follower(take, there, TAIL)
    collect(take)
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED
    assert take.tail is not None
    (tmp_path / "tail.mp4").write_bytes(make.content(take.tail, tmp_path))
    assert probe(tmp_path / "tail.mp4").seconds == 2


def test_a_lying_content_type_does_no_harm(take: Take, vendor: TakesVendor, film: bytes) -> None:
    vendor.serves("clip.mp4", film, "text/html")
    assert collect(take).state == State.DONE


@pytest.mark.parametrize("content", [b"<html>Not found</html>", b"", seeds.picture("png"), seeds.wav()])
def test_what_is_no_clip_ends_in_a_sentence_and_was_paid(take: Take, vendor: TakesVendor, content: bytes) -> None:
    vendor.serves("clip.mp4", content)
    vendor.made(take, "clip.mp4")
    collect(take)
    assert (take.state, take.sentence[-29:]) == (State.COLLECTING, " It is tried again by itself.")
    assert again(take).state == State.COLLECTING
    assert again(take).state == State.FAILED
    assert "could not be brought here" in take.sentence
    assert make.ledger(take) == (0, make.QUOTE)


def test_a_huge_file_is_not_even_begun(take: Take, vendor: TakesVendor) -> None:
    vendor.serves("clip.mp4", b"0" * 100, length=10_000_000_000)
    vendor.made(take, "clip.mp4")
    collect(take)
    assert "larger than" in take.sentence
    again(take)
    assert again(take).state == State.FAILED


def test_a_link_that_ran_out_is_asked_for_again(take: Take, vendor: TakesVendor, film: bytes) -> None:
    make.aged(take, links_until=-1)
    vendor.serves("fresh.mp4", film)
    vendor.made(take, "fresh.mp4")
    collect(take)
    assert (take.state, take.clip_url) == (State.DONE, vendor.link("fresh.mp4"))
    assert vendor.asked["/files/clip.mp4"] == 0


def test_a_link_that_is_refused_is_asked_for_again(take: Take, vendor: TakesVendor, film: bytes) -> None:
    vendor.serves("clip.mp4", b"", status=403)
    vendor.serves("fresh.mp4", film)
    vendor.made(take, "fresh.mp4")
    collect(take)
    assert (take.state, vendor.times(take)) == (State.COLLECTING, 0)
    assert again(take).state == State.DONE


def test_links_that_are_over_for_good_end_it(take: Take, vendor: TakesVendor) -> None:
    vendor.serves("clip.mp4", b"", status=404)
    vendor.made(take, "clip.mp4")
    states = [collect(take).state, *(again(take).state for _ in range(4))]
    assert states == [State.COLLECTING] * 4 + [State.FAILED]


def test_a_result_that_the_vendor_has_no_more_ends_it(take: Take, vendor: TakesVendor) -> None:
    make.aged(take, links_until=-1)
    vendor.made(take)
    states = [collect(take).state, *(again(take).state for _ in range(4))]
    assert states == [State.COLLECTING] * 4 + [State.FAILED]
    assert "no link" in take.sentence


def test_a_server_that_is_down_for_a_while_loses_nothing(take: Take, vendor: TakesVendor, film: bytes) -> None:
    vendor.serves("clip.mp4", b"", status=503)
    collect(take)
    for _ in range(6):
        again(take)
    assert (take.state, take.attempts) == (State.COLLECTING, 7)
    vendor.serves("clip.mp4", film)
    assert again(take).state == State.DONE


def test_a_store_that_is_full_loses_nothing(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> File:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "keep", full)
        assert collect(take).state == State.COLLECTING
    assert again(take).state == State.DONE


def test_a_fault_of_our_own_is_logged_and_loses_nothing(
    take: Take, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "keep", None)
        assert collect(take).state == State.COLLECTING
    assert "could not be collected" in caplog.text
    assert again(take).state == State.DONE


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:9/clip.mp4", "https://169.254.169.254/clip", "https://10.0.0.1/c", "file:///etc/passwd"]
)
def test_a_link_into_our_own_network_is_not_followed(board: Board, account: Connection, link: str) -> None:
    take = collect(arrived(board, account, link))
    assert (take.state, take.clip) == (State.COLLECTING, None)
    assert "link" in take.sentence


def test_another_hosts_vendor_is_no_reason_to_reach_this_one(
    board: Board, account: Connection, vendor: TakesVendor, film: bytes
) -> None:
    """VENDOR_HOSTS names it for connections to it; a result of somebody else's leads nowhere inside."""
    vendor.serves("clip.mp4", film)
    assert collect(arrived(board, account, vendor.link("clip.mp4"))).state == State.COLLECTING
    assert not vendor.asked


def test_two_jobs_at_once_fetch_once(take: Take, vendor: TakesVendor) -> None:
    assert leases.begin(take.pk) is not None
    collect(take)
    assert (take.state, vendor.asked["/files/clip.mp4"], take.attempts) == (State.COLLECTING, 0, 1)


def test_a_job_that_comes_again_changes_nothing(take: Take, vendor: TakesVendor) -> None:
    collect(take)
    collect(take)
    assert vendor.asked["/files/clip.mp4"] == 1


def test_after_a_worker_was_killed_the_sweep_sees_to_it(take: Take) -> None:
    leases.begin(take.pk)
    assert collecting.due() == 0
    make.aged(take, lease_until=-1, wake_at=-1)
    assert (collecting.due(), collecting.due()) == (1, 0)
    assert make.queued("collecting.collect") == [[take.pk]]
    assert collect(take).state == State.DONE
    assert take.attempts == 0


def test_a_clip_that_kills_its_worker_is_not_looked_at_for_ever(take: Take) -> None:
    for _ in range(8):
        make.aged(take, lease_until=-1)
        assert leases.begin(take.pk) is not None
    assert again(take).state == State.FAILED


@pytest.mark.django_db(transaction=True)
def test_a_long_job_makes_its_lease_longer(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "RENEW_SECONDS", 0.01)
    held = leases.begin(take.pk)
    assert held is not None
    make.aged(take, lease_until=-1)
    renewed, keep_at_it = threading.Event(), leases.keep_at_it

    def renew(taken: Take) -> None:
        keep_at_it(taken)
        renewed.set()

    monkeypatch.setattr("storyboard.takes.actions.collecting.keep_at_it", renew)
    with collecting.keeping_at_it(held):
        assert renewed.wait(10)
    take.refresh_from_db()
    assert take.lease_until is not None
    assert take.lease_until > timezone.now()


def finished(board: Board, film: bytes) -> Take:
    clip = make.file(board.team, film, kind=Kind.VIDEO, seconds=SECONDS)
    return make.selected(make.shots_of(board)[0], clip=clip)


def prepare(take: Take) -> Take:
    make.job("collecting.prepare", take.pk)
    take.refresh_from_db()
    return take


def test_a_frame_is_made_when_a_follower_asks_for_it(
    board: Board, there: Connection, film: bytes, tmp_path: Path
) -> None:
    take = finished(board, film)
    waiting = follower(take, there)
    prepare(take)
    assert opened(take.last_frame, tmp_path).size == (96, 64)
    assert (take.hand_off_frame, take.tail, take.lease_until) == (None, None, None)
    waiting.refresh_from_db()
    assert waiting.state == State.QUEUED


def test_a_chosen_moment_gives_its_own_frame_and_tail(
    board: Board, there: Connection, film: bytes, alice: User, tmp_path: Path
) -> None:
    take = finished(board, film)
    opens, moves = follower(take, there), follower(take, there, TAIL)
    choosing.set_hand_off(take, ms=2500, by=alice)
    assert make.queued("collecting.prepare")
    prepare(take)
    assert take.last_frame is None
    assert opened(take.hand_off_frame, tmp_path).size == (96, 64)
    assert take.tail is not None
    assert take.tail.seconds == 2
    for waiting in (opens, moves):
        waiting.refresh_from_db()
        assert waiting.state == State.QUEUED


def test_a_moment_that_was_changed_meanwhile_is_not_overwritten(
    board: Board, film: bytes, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = finished(board, film)
    choosing.set_hand_off(take, ms=1000, by=alice)
    made_of = collecting.made_of

    def slow(*args: object) -> object:
        made = made_of(*args)  # type: ignore[arg-type]
        choosing.set_hand_off(take, ms=2000, by=alice)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "made_of", slow)
        prepare(take)
    assert (take.hand_off_ms, take.hand_off_frame) == (2000, None)
    assert prepare(take).hand_off_frame is not None


def test_what_cannot_be_made_ends_the_wait_with_a_sentence(board: Board, there: Connection) -> None:
    take = finished(board, b"no clip at all")
    waiting = follower(take, there)
    for _ in range(4):
        assert Take.objects.get(pk=waiting.pk).state == State.WAITING
        make.aged(take, lease_until=-1)
        prepare(take)
    waiting.refresh_from_db()
    assert (waiting.state, make.ledger(waiting)) == (State.FAILED, (0, 0))
    assert "Choose another moment" in waiting.sentence


def test_nothing_is_made_that_nobody_waits_for(board: Board, film: bytes) -> None:
    take = prepare(finished(board, film))
    assert (take.last_frame, take.tail, take.lease_until) == (None, None, None)


def test_a_fetched_clip_never_comes_from_plain_http_elsewhere(board: Board, there: Connection) -> None:
    take = arrived(board, there, "http://clips.example.com/clip.mp4")
    assert collect(take).sentence.startswith("Only links that begin with https:// are followed. It is tried")


def test_the_sandbox_is_reached_where_this_program_is(
    board: Board, account: Connection, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "http://localhost:8221"
    account.base_url = "http://localhost:8221/sandbox/ark/api/v3"
    account.save()
    take = make.take(make.shots_of(board)[0], State.COLLECTING, at=account)
    assert "localhost:8221" in collecting.policy_for(take).hosts


def test_no_other_vendor_makes_this_program_ask_itself(
    board: Board, account: Connection, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "http://localhost:8221"
    take = make.take(make.shots_of(board)[0], State.COLLECTING, at=account)
    assert "localhost:8221" not in collecting.policy_for(take).hosts


@pytest.fixture
def vanished(take: Take, there: Connection) -> Take:
    """Its clip was here, and somebody deleted the file; then a shot was added that opens on its end."""
    collect(take)
    follower(take, there)
    assert take.clip is not None
    store().delete([take.clip.key])
    make.job("collecting.prepare", take.pk)
    take.refresh_from_db()
    return take


def test_a_clip_that_is_gone_from_the_storage_holds_its_follower_and_says_why(vanished: Take) -> None:
    waiting = Take.objects.get(state=State.WAITING)
    found = wait(waiting, around([waiting]))
    assert found is not None
    assert (found.why, found.sentence) == (
        Why.LOST,
        "Held: The file of this clip is gone from the storage. "
        "Render shot 1 again, or select another of its takes, and this goes on.",
    )
    OrmQ.objects.all().delete()
    with transaction.atomic():
        chain.wake(waiting.shot.board)
    assert make.queued("collecting.prepare") == []


def test_a_clip_that_is_gone_is_told_where_people_look(
    vanished: Take, alice: User, as_user: Callable[[User], Client]
) -> None:
    place, client = [vanished.shot.board.team.public_id, vanished.shot.board.public_id], as_user(alice)
    make.take(vanished.shot, State.DONE)
    pages = (
        f"{reverse('takes', args=[*place, vanished.shot.public_id])}?take={vanished.public_id}",
        reverse("takes_compare", args=[*place, vanished.shot.public_id]),
        reverse("take_hand_off", args=[*place, vanished.public_id]),
    )
    assert ["gone from the storage" in client.get(page).text for page in pages] == [True, True, True]


def test_a_clip_that_is_back_is_found_once_it_is_selected_again(vanished: Take, alice: User, film: bytes) -> None:
    assert vanished.clip is not None
    store().put(vanished.clip.key, io.BytesIO(film), "video/mp4")
    with transaction.atomic():
        results.choose(vanished)
        chain.wake(vanished.shot.board)
    assert (vanished.sentence, make.queued("collecting.prepare")[-1:]) == ("", [[vanished.pk]])
