"""Seats: bounded queues, the cap per person, and how a process gives them all up."""

import asyncio

import pytest

from storyboard.live import hub as hubs
from storyboard.live.hub import CLOSING, OVERFLOW, QUEUE, REPLACED, SEATS, Hub, Seat


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    async def listen(hub: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(hubs, "listen", listen)


def test_a_seat_hands_over_what_arrived_in_order() -> None:
    async def run() -> None:
        seat = Seat("team-a", "alice")
        seat.offer((1, "boards"))
        seat.offer((2, "cuts"))
        assert await seat.wait(1) == [(1, "boards"), (2, "cuts")]
        assert await seat.wait(0) == []

    asyncio.run(run())


def test_a_full_queue_ends_its_own_seat_and_no_other() -> None:
    async def run() -> None:
        hub = Hub()
        slow, quick = hub.join("team-a", "alice"), hub.join("team-a", "bob")
        for number in range(QUEUE + 1):
            hub.deliver("team-a", number, "boards")
            await quick.wait(0)
        assert (slow.ended, quick.ended) == (OVERFLOW, "")
        assert await slow.wait(1) == []
        hub.close()

    asyncio.run(run())


def test_the_cap_counts_per_person_over_all_channels() -> None:
    async def run() -> None:
        hub = Hub()
        other = hub.join("team-a", "bob")
        seats = [hub.join(f"team-{number}", "alice") for number in range(SEATS + 1)]
        assert [seat.ended for seat in seats] == [REPLACED] + [""] * SEATS
        assert not other.ended
        hub.close()

    asyncio.run(run())


def test_leaving_frees_everything_and_may_happen_twice() -> None:
    async def run() -> None:
        hub = Hub()
        seats = [hub.join("team-a", "alice") for _ in range(SEATS + 2)]
        for seat in seats + seats:
            hub.leave(seat)
        assert hub.channels() == []
        assert [hub.join("team-a", "alice").ended for _ in range(SEATS)] == [""] * SEATS
        hub.close()

    asyncio.run(run())


def test_a_process_that_stops_ends_every_seat_and_gives_out_no_more() -> None:
    async def run() -> None:
        hub = Hub()
        seat = hub.join("team-a", "alice")
        hub.close()
        assert [seat.ended, hub.join("team-a", "alice").ended] == [CLOSING, CLOSING]

    asyncio.run(run())
