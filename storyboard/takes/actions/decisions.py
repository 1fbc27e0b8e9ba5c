"""What people decide about a take that no machine can: this is its task, it was not charged, or leave it.

Views and the command line call these. Money stays held until one of them is done, and nothing is sent again by itself.
Where the vendor has a list, a job reads it after the decision: what was made all the same is shown to people.
"""

from datetime import timedelta

from django.db import transaction

from storyboard.boards.edits import held
from storyboard.boards.models import Board, Shot
from storyboard.errors import Conflict, DomainError
from storyboard.jobs.queue import enqueue
from storyboard.providers.outcomes import checked_id
from storyboard.takes import money
from storyboard.takes.actions import chain
from storyboard.takes.actions.binding import OTHER_TAKE, known
from storyboard.takes.actions.searching import older
from storyboard.takes.models import State, Take
from storyboard.takes.states import advance
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Role, User

PASTED = "storyboard.takes.tasks.binding.pasted"
LOOK_AGAIN = "storyboard.takes.tasks.reconciling.look_again"
UNCLEAR = (State.UNKNOWN, State.UNDECIDED)
# A job carries it.
LONGEST_ID = 100
DECIDED = "This take needs no decision any more. Reload the board to see what became of it."
EARLY = "{} decided before all was tried."
# By then a list that can be read has told.
SOON = timedelta(minutes=3)
NOT_CHARGED = "{} found that it was not charged."
GIVEN_UP = "{} gave it up; it counts as charged."


@transaction.atomic(durable=True)
def paste_task_id(take: Take, *, remote_id: str, by: User) -> Take:
    """Ask the vendor whether this is its task: a job does, and what it finds stands in the take's sentence.

    Where the take is still looked for, it goes on being looked for: somebody may have copied the wrong id.
    """
    found, board = unclear(take, by)
    text = checked(found, remote_id.strip())
    Take.objects.filter(pk=found.pk, state__in=UNCLEAR).update(sentence=f"Asking the vendor about task {text} …")
    note(Did.TAKE_TASK_GIVEN, found, board, by, {"task": text})
    enqueue(PASTED, found.pk, text)
    chain.tell(found)
    return found


def checked(take: Take, text: str) -> str:
    try:
        checked_id(text)
    except ValueError as error:
        raise DomainError(f"{error} Copy it from the vendor’s console.") from None
    if len(text) > LONGEST_ID:
        raise DomainError("This is too long for a task id. Copy it again from the vendor’s console.")
    if take.connection and text in known(take.connection, [text], but=take):
        raise DomainError(f"{OTHER_TAKE} Look for the one that was made when this take was sent.")
    return text


@transaction.atomic(durable=True)
def not_found(take: Take, *, why: str) -> None:
    """The id that somebody gave was not the one."""
    if Take.objects.filter(pk=take.pk, state__in=UNCLEAR).update(sentence=why):
        chain.tell(take)


@transaction.atomic(durable=True)
def not_charged(take: Take, *, by: User) -> Shot:
    """Somebody looked, and nothing was paid. Returns the shot to render again; that is a new take, asked for anew."""
    found, board = undecided(take, by)
    finish(found, NOT_CHARGED.format(by))
    money.release(found)
    note(Did.TAKE_NOT_CHARGED, found, board, by)
    let_go(found)
    return found.shot


@transaction.atomic(durable=True)
def give_up(take: Take, *, by: User) -> Take:
    """Nobody will find out. It counts as charged at its quote, because it may have been."""
    found, board = undecided(take, by)
    finish(found, GIVEN_UP.format(by))
    money.settle(found, None)
    note(Did.TAKE_GIVEN_UP, found, board, by)
    let_go(found)
    return found


def unclear(take: Take, by: User) -> tuple[Take, Board]:
    """The take as it is now, its board held, for somebody who may spend money on it."""
    board = held(take.shot.board, by, Role.PRODUCER)
    found = Take.objects.select_related("shot__board__team", "connection", "run").get(pk=take.pk)
    if found.state != State.UNDECIDED and not is_early(found):
        raise Conflict(DECIDED)
    return found, board


def undecided(take: Take, by: User) -> tuple[Take, Board]:
    """The same, and nobody looks for it any more."""
    found, board = unclear(take, by)
    if found.state == State.UNKNOWN:
        advance(found, State.UNDECIDED, only=[State.UNKNOWN], why=EARLY.format(by), wake_at=None)
    if found.state != State.UNDECIDED:
        raise Conflict(DECIDED)
    return found, board


def is_early(take: Take) -> bool:
    """Whether a person may decide before all has been tried: nothing but a doorbell, which may come or not, can tell.

    Safe, because nothing is sent again by it, and a bell that comes later is heard: its task is tied to the take
    while that is undecided, and listed as one that nobody asked for once it is over.
    """
    if take.state != State.UNKNOWN or take.connection is None:
        return False
    return not take.connection.about.can_list or older(take, SOON)


def finish(take: Take, why: str) -> None:
    # A doorbell may come at this very moment; then there is something better than a decision.
    if not advance(take, State.FAILED, only=[State.UNDECIDED], why=why, sentence=why):
        raise Conflict(DECIDED)


def note(did: Did, take: Take, board: Board, by: User, detail: dict[str, object] | None = None) -> None:
    subject = f"{board.name}, shot {take.shot.position}"
    record(did, by=by, team=board.team, subject=subject, detail={"take": take.public_id} | (detail or {}))


def let_go(take: Take) -> None:
    chain.settled(take)
    if take.connection:
        chain.freed(take.connection.pk)
        if take.connection.about.can_list:
            enqueue(LOOK_AGAIN, take.pk)
    chain.tell(take)
