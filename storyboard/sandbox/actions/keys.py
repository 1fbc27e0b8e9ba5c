"""Open a key, put credit on it, choose what goes wrong with it, revoke it."""

import secrets
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from storyboard.errors import DomainError
from storyboard.live.publish import publish
from storyboard.sandbox.models import Key
from storyboard.sandbox.queries import digest
from storyboard.teams.audit import Did, record
from storyboard.teams.models import Team, User

DOLLAR = 1_000_000
FIRST_CREDIT = 100 * DOLLAR
MOST_KEYS = 20
MOST_CREDIT = 1_000_000 * DOLLAR


@transaction.atomic(durable=True)
def open_key(*, team: Team | None = None, micro_usd: int, by: User | None = None) -> tuple[Key, str]:
    """A new key, and the only time that anybody sees it whole."""
    if team:
        # Two presses at once must not pass the limit together.
        Team.objects.select_for_update().get(pk=team.pk)
        if team.sandbox_keys.filter(revoked_at=None).count() >= MOST_KEYS:
            raise DomainError(f"The team has {MOST_KEYS} keys. Revoke one that nobody uses, then make a new one.")
    plain = f"sk-sandbox-{secrets.token_hex(20)}"
    key = Key.objects.create(team=team, digest=digest(plain), last_four=plain[-4:], micro_usd=micro_usd)
    if team:
        record(Did.SANDBOX_KEY_MADE, by=by, team=team, subject=str(key), detail={"credit": dollars(micro_usd)})
        publish(team.channel, "sandbox")
    return key, plain


def ready_key(team: Team, *, by: User | None) -> tuple[Key, str]:
    """A key for a connection, with something on it. `by` is None when Lastframe itself makes one for a new team."""
    return open_key(team=team, micro_usd=FIRST_CREDIT, by=by)


@transaction.atomic(durable=True)
def top_up(key: Key, *, micro_usd: int, by: User) -> None:
    room = Key.objects.filter(pk=key.pk, micro_usd__lte=MOST_CREDIT - micro_usd)
    if not room.update(micro_usd=F("micro_usd") + micro_usd):
        raise DomainError(f"A key holds {dollars(MOST_CREDIT)} at most. Use up some of its credit first.")
    record(Did.SANDBOX_KEY_TOPPED_UP, by=by, team=key.team, subject=str(key), detail={"credit": dollars(micro_usd)})
    say(key)


@transaction.atomic(durable=True)
def revoke_key(key: Key, *, by: User | None) -> None:
    """No request passes with it from now on; what it started goes on."""
    if not Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return
    record(Did.SANDBOX_KEY_REVOKED, by=by, team=key.team, subject=str(key))
    say(key)


@transaction.atomic(durable=True)
def set_faults(key: Key, *, faults: list[str], by: User) -> None:
    """What goes wrong with every task that it starts from now on."""
    key = Key.objects.select_for_update(of=("self",)).select_related("team").get(pk=key.pk)
    chosen = dict.fromkeys(faults, "")
    if key.faults == chosen:
        return
    key.faults = chosen
    key.save(update_fields=["faults"])
    detail: dict[str, object] = {"faults": ", ".join(faults) or "none"}
    record(Did.SANDBOX_FAULTS_SET, by=by, team=key.team, subject=str(key), detail=detail)
    say(key)


def say(key: Key) -> None:
    """To the team’s open pages, where there is a team; the last statement of an action."""
    if key.team:
        publish(key.team.channel, "sandbox")


def dollars(micro_usd: int) -> str:
    return f"${Decimal(micro_usd) / DOLLAR:,.2f}"
