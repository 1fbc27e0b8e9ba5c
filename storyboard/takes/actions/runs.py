"""Ask for takes, and stop them again: what people do to runs. Money is held here before anything is sent."""

import re
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from storyboard.boards.edits import held, locked
from storyboard.boards.models import Board
from storyboard.boards.queries import sheet_of
from storyboard.boards.summary import dollars
from storyboard.errors import Conflict, DomainError
from storyboard.live.publish import publish
from storyboard.providers.base import Kind
from storyboard.takes import money
from storyboard.takes.actions import cancelling, chain, results
from storyboard.takes.faults import point
from storyboard.takes.models import FINAL, Input, Run, State, Step, Take
from storyboard.takes.planning import Line, Plan, plan
from storyboard.takes.staleness import snapshot
from storyboard.teams.access import require
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Role, User

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
CHANGED = "The board or a price has changed since you looked. Look at the new plan and press again."
OVER_CEILING = "This costs {total}, which is more than the ceiling of {ceiling}. Raise the ceiling or render less."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person said yes to: these shots (public ids), this plan by its hash, up to this price."""

    shots: tuple[str, ...]
    plan_hash: str
    ceiling_micro_usd: int
    # Made with the form or the command: the same key again is the same wish.
    form_key: str
    takes_each: int = 1


@transaction.atomic(durable=True)
def request(board: Board, *, wish: Wish, by: User) -> Run:
    """One run for one press. Its takes are written, paid for in advance and sent as soon as each one can be."""
    found = locked(board, by, Role.PRODUCER)
    if not FORM_KEY.fullmatch(wish.form_key):
        raise DomainError("Reload the page and press Render again.")
    twin = Run.objects.filter(board=found, form_key=wish.form_key).first()
    if twin is not None:
        return twin
    sheet = sheet_of(found, require(by, found.team, Role.PRODUCER))
    agreed = plan(sheet, wish.shots, takes_each=wish.takes_each)
    check(agreed, wish)
    run = Run.objects.create(
        board=found,
        by=by,
        form_key=wish.form_key,
        plan_hash=agreed.hash,
        takes_each=wish.takes_each,
        ceiling_micro_usd=wish.ceiling_micro_usd,
    )
    takes = written(run, agreed, by)
    money.hold(found, takes)
    detail: dict[str, object] = {"plan": agreed.hash[:16], "price": dollars(agreed.total), "takes": len(takes)}
    record(Did.RENDER_APPROVED, by=by, team=found.team, subject=found.name, detail=detail)
    chain.wake(found)
    point("in request")
    chain.tell(*takes)
    return run


def check(agreed: Plan, wish: Wish) -> None:
    if agreed.blocks:
        raise DomainError(agreed.blocks[0].sentence)
    if agreed.hash != wish.plan_hash:
        raise Conflict(CHANGED)
    if agreed.total > wish.ceiling_micro_usd:
        raise Conflict(OVER_CEILING.format(total=dollars(agreed.total), ceiling=dollars(wish.ceiling_micro_usd)))


def written(run: Run, agreed: Plan, by: User) -> list[Take]:
    """All of the run's takes, waiting, with what they are made of."""
    shots = [line.ask.shot for line in agreed.lines]
    numbers = dict(Take.objects.filter(shot__in=shots).values_list("shot").annotate(last=Max("number")))
    takes, inputs = [], []
    for line in agreed.lines:
        for more in range(1, agreed.takes_each + 1):
            take = new_take(run, line, numbers.get(line.ask.shot.pk, 0) + more, by)
            takes.append(take)
            inputs += inputs_of(take, line)
    Take.objects.bulk_create(takes)
    Input.objects.bulk_create(inputs)
    Step.objects.bulk_create([Step(take=take, state=State.WAITING, at=take.created_at) for take in takes])
    return takes


def new_take(run: Run, line: Line, number: int, by: User) -> Take:
    ask = line.ask
    return Take(
        shot=ask.shot,
        run=run,
        number=number,
        by=by,
        connection=ask.connection,
        model=ask.model.id if ask.model else "",
        asked=line.asked,
        asked_hash=line.asked_hash,
        # Its own words too, apart from the board's look: somebody may want them back.
        request=snapshot(ask) | {"words": ask.shot.prompt},
        follows_id=ask.shot.joint_from_id,
        quote_micro_usd=line.price,
        quote_credits=ask.quote.credits,
    )


def inputs_of(take: Take, line: Line) -> list[Input]:
    """The files as they are now: a reference may show another one by the time this is sent."""
    shot, request = line.ask.shot, line.ask.request
    found: dict[str, Input] = {}
    for row, asked in zip(shot.references.all(), request.references, strict=True):
        if row.reference.file and not row.reference.asset_uri:
            role = "picture" if asked.kind is Kind.IMAGE else str(asked.kind)
            found[asked.url] = Input(take=take, placeholder=asked.url, role=role, file=row.reference.file)
    if request.landing and shot.landing and shot.landing.file:
        found.setdefault(
            request.landing, Input(take=take, placeholder=request.landing, role="landing", file=shot.landing.file)
        )
    return list(found.values())


@transaction.atomic(durable=True)
def pause(run: Run, *, by: User) -> Run:
    """Nothing more of it is sent; what is at a vendor goes on."""
    found = own(run, by)
    if Run.objects.filter(pk=found.pk, paused_at=None, finished_at=None).update(paused_at=Now()):
        record(Did.RUN_PAUSED, by=by, team=found.board.team, subject=found.board.name)
        told(found)
    return found


@transaction.atomic(durable=True)
def resume(run: Run, *, by: User) -> Run:
    found = own(run, by)
    if Run.objects.filter(pk=found.pk, finished_at=None).exclude(paused_at=None).update(paused_at=None):
        record(Did.RUN_RESUMED, by=by, team=found.board.team, subject=found.board.name)
        chain.wake(found.board)
        for connection in queued_at(found):
            chain.freed(connection)
        told(found)
    return found


@transaction.atomic(durable=True)
def cancel_run(run: Run, *, by: User) -> Run:
    """Drop what is not sent, and ask the vendors that can to cancel the rest; a clip that is paid for still comes."""
    found = own(run, by)
    Run.objects.filter(pk=found.pk, cancelled_at=None).update(cancelled_at=Now())
    takes = list(
        Take.objects.filter(run=found).exclude(state__in=FINAL).select_related("shot__board__team", "connection")
    )
    for take in takes:
        stop(take, by)
    record(Did.RUN_CANCELLED, by=by, team=found.board.team, subject=found.board.name, detail={"takes": len(takes)})
    told(found)
    return found


@transaction.atomic(durable=True)
def cancel_take(take: Take, *, by: User) -> Take:
    """One take, or no further try to bring its clip here. Conflict, with a sentence, when it is too late for that."""
    board = held(take.shot.board, by, Role.PRODUCER)
    found = Take.objects.select_related("shot__board__team", "connection").get(pk=take.pk)
    did = Did.TAKE_CANCELLED if stop(found, by) else Did.TAKE_GIVEN_UP
    if did is Did.TAKE_GIVEN_UP and not results.given_up(found, by):
        raise Conflict(too_late(found))
    record(did, by=by, team=board.team, subject=f"{board.name}, shot {found.shot.position}")
    return found


def stop(take: Take, by: User) -> bool:
    """Whether it is cancelled, or its vendor will be asked to."""
    return chain.drop(take, f"Cancelled by {by}.") or cancelling.asked(take)


def too_late(take: Take) -> str:
    if take.state in FINAL:
        return "This take is over already, so there is nothing to cancel."
    if take.state == State.RUNNING and take.connection:
        return f"{take.connection.about.label} cannot cancel what it has begun. The clip will come, and is charged."
    if take.state == State.COLLECTING:
        return "This take is made and paid for. Its clip is being fetched."
    return "This take is just being sent, or its outcome is unclear, so it cannot be cancelled now."


def own(run: Run, by: User) -> Run:
    """The run as it is now, its board held, for somebody who may spend money on it."""
    board = held(run.board, by, Role.PRODUCER)
    found = Run.objects.get(pk=run.pk)
    found.board = board
    return found


def queued_at(run: Run) -> list[int]:
    rows = Take.objects.filter(run=run, state=State.QUEUED, connection__isnull=False)
    return [pk for pk in rows.values_list("connection", flat=True) if pk]


def told(run: Run) -> None:
    run.refresh_from_db()
    takes = Take.objects.filter(run=run).exclude(state__in=FINAL).select_related("shot__board")
    chain.tell(*takes)
    publish(run.board.channel, chain.RUNS)
