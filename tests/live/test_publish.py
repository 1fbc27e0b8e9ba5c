"""Hints are part of their action: numbered without gaps, in the order of the commits, gone with a rollback."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from storyboard.live import publish as publishing
from storyboard.live.models import Event
from storyboard.live.publish import publish, publish_later
from storyboard.live.queries import missed, position
from tests.live.conftest import tell


@pytest.mark.django_db
def test_hints_are_numbered_per_channel() -> None:
    tell("team-a", "members", "members")
    tell("team-b", "boards")
    assert position("team-a") == 2
    assert missed("team-a", 0) == [(1, "members"), (2, "members")]
    assert missed("team-b", 0) == [(1, "boards")]


@pytest.mark.django_db
def test_several_hints_at_once_are_numbered_in_their_order() -> None:
    tell("team-a", "members")
    with transaction.atomic():
        publish("team-a", "shot-1", "shot-2", "runs")
        publish("team-a")
    assert missed("team-a", 0) == [(1, "members"), (2, "shot-1"), (3, "shot-2"), (4, "runs")]


@pytest.mark.django_db
def test_old_hints_go_although_several_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "KEEP", 10)
    with transaction.atomic():
        for _ in range(publishing.PRUNE_EVERY // 3 + 1):
            publish("team-a", "shot-1", "shot-2", "runs")
    assert Event.objects.count() < publishing.PRUNE_EVERY // 3


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_hint_and_no_gap() -> None:
    tell("team-a", "members")
    with transaction.atomic():
        publish("team-a", "lost")
        transaction.set_rollback(True)
    tell("team-a", "boards")
    assert missed("team-a", 0) == [(1, "members"), (2, "boards")]


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_be_called_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        publish("team-a", "members")


@pytest.mark.django_db(transaction=True)
def test_a_hint_for_later_is_given_once_and_only_after_the_commit() -> None:
    with transaction.atomic():
        for _ in range(3):
            publish_later("team-a", "queue")
        assert position("team-a") == 0
    assert missed("team-a", 0) == [(1, "queue")]
    with transaction.atomic():
        publish_later("team-a", "queue")
        transaction.set_rollback(True)
    assert position("team-a") == 1


@pytest.mark.django_db(transaction=True)
def test_a_hint_for_later_that_cannot_be_given_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "RAISE", "SELECT nothing")
    with transaction.atomic():
        publish_later("team-a", "queue")
    assert position("team-a") == 0


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", "Members", "a b", "a\nevent: gone", "x" * 81, "naïve"])
def test_a_topic_cannot_break_out_of_its_line(topic: str) -> None:
    with pytest.raises(ValueError, match="lower-case letters"):
        tell("team-a", topic)
    with pytest.raises(ValueError, match="lower-case letters"):
        tell(topic, "members")


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_leave_no_gap() -> None:
    def write(writer: int) -> None:
        try:
            for turn in range(15):
                tell("team-a", f"w{writer}-{turn}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    found = missed("team-a", 0) or []
    assert [number for number, _ in found] == list(range(1, 91))
    assert [topic for _, topic in found if topic.startswith("w3-")] == [f"w3-{turn}" for turn in range(15)]


@pytest.mark.django_db
def test_old_hints_are_pruned_and_somebody_that_far_behind_fetches_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "KEEP", 8)
    monkeypatch.setattr(publishing, "PRUNE_EVERY", 4)
    tell("team-a", *["members"] * 20)
    assert Event.objects.filter(channel="team-a").count() == 8
    assert missed("team-a", 11) is None
    assert len(missed("team-a", 12) or []) == 8


@pytest.mark.django_db
def test_a_number_from_another_life_of_the_database_fetches_everything() -> None:
    tell("team-a", "members")
    assert missed("team-a", 7) is None
    assert missed("team-a", -1) is None
    assert missed("team-a", 1) == []
