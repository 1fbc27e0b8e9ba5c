"""What a vendor says of a running take, and what becomes of its clip. Said twice or too late, it changes nothing.

tasks.polling and tasks.collecting call these. Whatever ends a take here holds its board, as every other change does.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Now

from storyboard.boards.models import Board, Joint, Shot
from storyboard.jobs.queue import enqueue
from storyboard.media.models import File
from storyboard.providers.base import Task, TaskState
from storyboard.takes import money
from storyboard.takes.actions import chain, measuring
from storyboard.takes.actions.cancelling import KEPT
from storyboard.takes.charges import charge_of
from storyboard.takes.delivered import shortcomings
from storyboard.takes.faults import point
from storyboard.takes.models import Gate, State, Take
from storyboard.takes.states import advance
from storyboard.teams.models import User

COLLECT = "storyboard.takes.tasks.collecting.collect"
# A job that collects makes its lease longer all the while; one that was killed is replaced soon after.
LEASE = timedelta(seconds=8)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200))
MOST_TRIES = len(PAUSES) + 1
# Nothing is fetched for so long from a vendor whose files come too slowly.
REST = timedelta(seconds=20)
HOW_IT_ENDED = {
    TaskState.FAILED: "{vendor} could not make this clip and does not say why. Change the shot, or render it again.",
    TaskState.EXPIRED: "{vendor} gave up on this clip because it took too long. Render it again.",
    TaskState.CANCELLED: "It was cancelled at {vendor}. Render it again when you want it.",
}
LOST = (
    "The clip was made and charged, but it could not be brought here: {why} "
    "Look for it in the vendor’s console and add it as a take of your own, or render again."
)
STOPPED = "{} stopped trying."
NO_LINK = "{vendor} says that it is done, and has no link to the clip any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The files that came out of a take."""

    clip: File
    last_frame: File | None = None
    tail: File | None = None


class Setback(Exception):
    """It could not be brought here this time; `tries` in all are worth it, and `anew` needs fresh links.

    `slow`: it held its worker for as long as it may, and the next of its vendor would do the same.
    """

    def __init__(self, why: str, *, tries: int = MOST_TRIES, anew: bool = False, slow: bool = False) -> None:
        super().__init__(why)
        self.why, self.tries, self.anew, self.slow = why, tries, anew, slow


@transaction.atomic(durable=True)
def told(take: Take, task: Task) -> None:
    """The vendor's word on its task."""
    if task.id != take.remote_id:
        return
    if not task.state.is_final:
        goes_on(take, task)
    elif task.state is not TaskState.SUCCEEDED:
        ended(take, task)
    elif task.video_url:
        arrived(take, task)


def goes_on(take: Take, task: Task) -> None:
    """Progress never goes back, so answers that overtake each other do no harm."""
    shown = take.progress
    if task.progress is not None:
        shown = max(shown or 0, min(100, task.progress))
    heard = {"remote_state": str(task.state), "progress": shown, "unlisted": 0, "unlisted_at": None}
    if take.sentence in {"", *KEPT} and all(getattr(take, name) == value for name, value in heard.items()):
        return
    running = Take.objects.filter(pk=take.pk, state=State.RUNNING)
    if shown is not None:
        running = running.filter(Q(progress=None) | Q(progress__lte=shown))
    # By the row as it is: what a cancellation came to may have been written since this take was read.
    sentence = Case(When(sentence__in=KEPT, then=F("sentence")), default=Value(""), output_field=TextField())
    if running.update(sentence=sentence, **heard):
        chain.tell(take)


def arrived(take: Take, task: Task) -> None:
    """It is made and paid for; its place at the vendor is free before its clip is here."""
    hold(take)
    won = advance(
        take,
        State.COLLECTING,
        only=[State.RUNNING],
        remote_state=str(task.state),
        clip_url=task.video_url,
        last_frame_url=task.last_frame_url,
        links_until=task.expires_at or Now() + life(take),
        wake_at=Now() + LEASE,
        lease_until=None,
        sentence="",
    )
    if won:
        money.settle(take, charge_of(take, task))
        freed(take)
        enqueue(COLLECT, take.pk)
        chain.tell(take)


def ended(take: Take, task: Task) -> None:
    hold(take)
    sentence = task.error.sentence if task.error else HOW_IT_ENDED[task.state].format(vendor=label(take))
    won = advance(
        take,
        State.CANCELLED if task.state is TaskState.CANCELLED else State.FAILED,
        only=[State.RUNNING],
        why=sentence,
        remote_state=str(task.state),
        error_code=task.error.code[:120] if task.error else "",
        error_message=task.error.message[:2000] if task.error else "",
        sentence=sentence,
    )
    if not won:
        return
    # Only an amount of money is a charge: what some call credits of a failed task were reserved, and go back.
    if task.micro_usd:
        money.settle(take, charge_of(take, task))
    else:
        money.release(take)
    over(take)


def over(take: Take) -> None:
    """What follows when a take came to nothing at its vendor."""
    chain.settled(take)
    freed(take)
    chain.tell(take)


def freed(take: Take) -> None:
    if take.connection_id:
        chain.left(take.connection_id)


def hold(take: Take) -> Board:
    return Board.objects.select_for_update(of=("self",), no_key=True).select_related("team").get(pk=take.shot.board_id)


@transaction.atomic(durable=True)
def collected(take: Take, brought: Brought) -> bool:
    """All of it is here and checked: the take is done, and whatever waited for it goes on."""
    board = hold(take)
    won = advance(
        take,
        State.DONE,
        only=[State.COLLECTING],
        clip=brought.clip,
        last_frame=brought.last_frame,
        # Without a picture behind it the vendor's link is no hand-off either.
        last_frame_url=take.last_frame_url,
        tail=brought.tail,
        progress=100,
        sentence=shortcomings(take, brought.clip),
    )
    if won:
        if is_meant(take):
            choose(take)
        measuring.later(take)
        woken = chain.woken(board)
        point("in the chain")
        chain.settled(take)
        chain.tell(take, *woken)
    return won


def is_meant(take: Take) -> bool:
    """Whether the shot shows it from now on: not where somebody has to choose, or has chosen since the run began."""
    chosen = Take.objects.filter(shot=take.shot_id, is_selected=True).first()
    if take.run is None or chosen is None or chosen.run_id == take.run_id:
        by_hand = False
    else:
        by_hand = chosen.selected_at is not None and chosen.selected_at >= take.run.created_at
    if take.run is None or take.run.takes_each == 1:
        return not by_hand and not is_another_try(take, chosen)
    follows = Shot.objects.filter(joint_from=take.shot_id, deleted_at=None).exclude(joint=Joint.CUT)
    return chosen is None and not follows.exists()


def is_another_try(take: Take, chosen: Take | None) -> bool:
    """At the same words and settings as one that somebody approved, which stays until somebody says otherwise."""
    return chosen is not None and chosen.approved_at is not None and chosen.asked_hash == take.asked_hash != ""


def choose(take: Take) -> None:
    """One take of a shot is selected; the caller holds the board."""
    Take.objects.filter(shot=take.shot_id, is_selected=True).exclude(pk=take.pk).update(is_selected=False)
    # What was found to be gone is looked for again, as the file may have been brought back; what it lacks stays.
    sentence = shortcomings(take, take.clip)
    Take.objects.filter(pk=take.pk).update(is_selected=True, selected_at=Now(), sentence=sentence)
    take.refresh_from_db(fields=["is_selected", "selected_at", "sentence"])


@transaction.atomic(durable=True)
def uncollected(take: Take, why: Setback) -> None:
    """Later again, a bounded number of times and not beyond the time for which the vendor keeps its results."""
    if why.slow and take.connection_id:
        Gate.objects.update_or_create(connection_id=take.connection_id, defaults={"fetch_after": Now() + REST})
    else:
        next_turn(take)
    if take.attempts >= why.tries or is_too_late(take):
        lost(take, why.why)
        return
    pause = PAUSES[min(take.attempts, len(PAUSES)) - 1]
    # The lease keeps away a job that is queued already.
    again = {"lease_until": Now() + pause, "wake_at": Now() + pause}
    links = {"links_until": None} if why.anew else {}
    sentence = f"{why.why} It is tried again by itself."
    Take.objects.filter(pk=take.pk, state=State.COLLECTING).update(sentence=sentence, **again, **links)
    chain.tell(take)


def next_turn(take: Take) -> None:
    """At a vendor whose files come slowly, whoever had the turn is through with it."""
    Gate.objects.filter(connection=take.connection_id, fetch_after__gt=Now() + REST).update(fetch_after=Now())


def is_too_late(take: Take) -> bool:
    return Take.objects.filter(pk=take.pk, moved_at__lte=Now() - life(take)).exists()


def life(take: Take) -> timedelta:
    """How long the vendor keeps its results."""
    return take.connection.about.result_life if take.connection else timedelta(days=1)


def label(take: Take) -> str:
    return take.connection.about.label if take.connection else "The vendor"


def is_stuck(take: Take) -> bool:
    """Its clip did not come at the first try; a person may say that it is not worth another one."""
    return take.state == State.COLLECTING and bool(take.sentence)


def given_up(take: Take, by: User) -> bool:
    """It was paid for and stays so; a job that is at it now finds the take over, and changes nothing."""
    return is_stuck(take) and lost(take, STOPPED.format(by))


def lost(take: Take, why: str) -> bool:
    hold(take)
    sentence = LOST.format(why=why)
    was_running = take.state == State.RUNNING
    won = advance(take, State.FAILED, only=[State.COLLECTING, State.RUNNING], why=why, sentence=sentence)
    if won:
        next_turn(take)
        money.settle(take, None)
        chain.settled(take)
        if was_running:
            freed(take)
        chain.tell(take)
    return won
