"""What a vendor has begun is only asked to be cancelled: the shell, the pages and the take say what came of that."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from storyboard.boards.models import Board
from storyboard.connections.models import Connection
from storyboard.providers.base import Task, TaskState
from storyboard.providers.errors import ProviderError, Refused, Unavailable
from storyboard.providers.http import Client
from storyboard.takes.actions import cancelling, results, runs
from storyboard.takes.models import Run, State, Take
from storyboard.teams.models import User
from tests.takes import make
from tests.takes.terminal import Shell, answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(film: Board, account: Connection) -> Take:
    return make.running(film, account)


def answered(take: Take, patch: pytest.MonkeyPatch, error: ProviderError | None) -> Take:
    """The vendor was asked, and said so."""

    def cancel(client: Client, task_id: str) -> None:
        if error:
            raise error

    patch.setattr(Client, "cancel", cancel)
    make.job("cancelling.cancel", take.pk)
    take.refresh_from_db()
    return take


def works_on(take: Take, progress: int | None = None) -> Take:
    results.told(take, Task(id=take.remote_id, state=TaskState.RUNNING, progress=progress, raw={}))
    take.refresh_from_db()
    return take


def test_what_a_vendor_has_is_asked_for_and_not_called_cancelled(board_: Shell, film: Board, take: Take) -> None:
    waiting = make.take(make.shots_of(film)[2], State.WAITING, at=take.connection)
    code, said, _ = board_("cancel", film.public_id, "--shots", "1,3")
    assert code == 0
    assert said == (
        "1 take cancelled.\nCancelling was asked for of 1 take; board status says what the vendor answers.\n"
    )
    take.refresh_from_db()
    waiting.refresh_from_db()
    assert (take.state, waiting.state, make.queued("cancelling.cancel")) == (
        State.RUNNING,
        State.CANCELLED,
        [[take.pk]],
    )
    assert answer(board_, "status", film.public_id)["shots"][0]["why"] == "Cancelling was asked for."
    assert answer(board_, "cancel", film.public_id, "--shots", "1")["asked"] == [take.public_id]


def test_a_whole_render_says_the_same(board_: Shell, film: Board, take: Take) -> None:
    said = board_("cancel", film.public_id)[1]
    assert said.endswith("is cancelled. Cancelling was asked for of 1 take; board status says what becomes of it.\n")


def test_one_that_is_too_late_does_not_keep_the_others(board_: Shell, film: Board, account: Connection) -> None:
    late = make.take(make.shots_of(film)[0], State.COLLECTING, at=account)
    waiting = make.take(make.shots_of(film)[2], State.WAITING, at=account)
    code, said, _ = board_("cancel", film.public_id, "--shots", "1,3")
    assert (code, said.splitlines()[0]) == (1, "1 take cancelled.")
    assert f"Take {late.number} of shot 1: This take is made and paid for." in said
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Refused("Too late.", status=409), cancelling.REFUSED),
        (Unavailable("Nobody answers.", retryable=True), cancelling.UNCLEAR),
        (None, cancelling.ASKED),
    ],
)
def test_the_take_says_what_the_vendor_answered_until_it_is_over(
    take: Take, alice: User, monkeypatch: pytest.MonkeyPatch, error: ProviderError | None, sentence: str
) -> None:
    old = Take.objects.get(pk=take.pk)
    runs.cancel_take(take, by=alice)
    assert answered(take, monkeypatch, error).sentence == sentence
    # One of these was read before anybody cancelled.
    assert works_on(old, 10).sentence == sentence
    assert works_on(take, 20).sentence == sentence
    results.told(take, Task(id=take.remote_id, state=TaskState.SUCCEEDED, video_url="https://x.example/1", raw={}))
    take.refresh_from_db()
    assert (take.state, take.sentence) == (State.COLLECTING, "")


def test_any_other_trouble_is_forgotten_once_the_vendor_speaks(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(sentence="The key was refused.")
    take.refresh_from_db()
    assert works_on(take).sentence == ""


def test_what_is_over_already_is_left_alone(take: Take) -> None:
    Take.objects.filter(pk=take.pk).update(state=State.CANCELLED, sentence="Cancelled.")
    cancelling.not_cancelled(take, why=cancelling.REFUSED)
    take.refresh_from_db()
    assert take.sentence == "Cancelled."


def test_the_pages_say_that_it_is_only_asked_for(
    film: Board, take: Take, alice: User, as_user: Callable[[User], Browser]
) -> None:
    place = [film.team.public_id, film.public_id, take.public_id]
    for name in ("take_cancel", "queue_cancel"):
        page = as_user(alice).post(reverse(name, args=place), follow=True).text
        assert "Cancelling was asked for. What the vendor answers stands at take 1 of shot 1." in page
    assert cancelling.ASKED in as_user(alice).get(reverse("board", args=place[:2])).text


def test_twice_the_same_is_said_to_be_so_already(board_: Shell, film: Board, take: Take) -> None:
    run = Run.objects.get()
    assert board_("pause", film.public_id)[1] == f"Render {run} is paused.\n"
    assert board_("pause", film.public_id)[1] == f"Render {run} was paused already.\n"
    assert board_("resume", film.public_id)[1] == f"Render {run} is resumed.\n"
    assert board_("resume", film.public_id)[1] == f"Render {run} is not paused: it goes on already.\n"
    Run.objects.update(finished_at=timezone.now())
    assert board_("cancel", film.public_id, "--run", run.public_id)[1] == f"Render {run} is over already.\n"
