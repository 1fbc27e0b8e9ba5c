"""Is the process up (/healthz), and could it do its work now (/readyz)? For load balancers and people."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from storyboard.errors import DomainError
from storyboard.jobs.heartbeat import FRESH, is_beating
from storyboard.media import storage
from storyboard.takes.actions.switch import is_paused
from storyboard.takes.queries import overdue

logger = logging.getLogger(__name__)
SKEW = timedelta(seconds=1)


class NotReady(DomainError):
    status = 503


def healthz(request: HttpRequest) -> JsonResponse:
    """Touches nothing: a process that answers is up, and restarting it would not mend a database."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    checks = {name: outcome(check) for name, check in CHECKS.items()}
    failing = {name: str(check["sentence"]) for name, check in checks.items() if not check["ok"]}
    tell(failing)
    ready = not failing
    return JsonResponse({"status": "ok" if ready else "not ready", "checks": checks}, status=200 if ready else 503)


_told: set[str] = set()


def tell(failing: dict[str, str]) -> None:
    """One line when a check begins to fail, and one when all is well again; whoever asks does so all the time."""
    if news := [sentence for name, sentence in failing.items() if name not in _told]:
        logger.error("Not ready: %s", " ".join(news))
    if _told and not failing:
        logger.warning("Ready again.")
    _told.clear()
    _told.update(failing)


def outcome(check: Callable[[], str]) -> dict[str, object]:
    try:
        return {"ok": True, "sentence": check()}
    except DomainError as error:
        return {"ok": False, "sentence": error.message}
    except (DatabaseError, InterfaceError):
        return {"ok": False, "sentence": "The database does not answer."}


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "The database answers."


def check_storage() -> str:
    storage.check()
    return "Files can be stored."


def check_worker(cluster: str) -> str:
    if not is_beating(cluster):
        raise NotReady(f"No {cluster} worker has taken a job for {FRESH.seconds} seconds. Is the worker running?")
    return f"The {cluster} worker takes jobs."


def check_clock() -> str:
    before = timezone.now()
    theirs = database_time()
    skew = max(before - theirs, theirs - timezone.now())
    if skew > SKEW:
        raise NotReady(f"This host's clock is {skew.total_seconds():.1f} seconds from the database’s. Set both by NTP.")
    return "The clock agrees with the database's."


def check_takes() -> str:
    """A take whose hour has passed without anybody looking at it is the first sign that money may be stuck."""
    late = overdue()
    if late:
        raise NotReady(f"Takes that nobody looked at for more than 5 minutes: {late:,}. Look at the worker’s log.")
    return "Submissions are on hold." if is_paused() else "Every take is looked after."


def database_time() -> datetime:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            theirs: datetime = cursor.fetchone()[0]
            return theirs
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "storage": check_storage,
    "fast worker": lambda: check_worker("fast"),
    "media worker": lambda: check_worker("media"),
    "clock": check_clock,
    "takes": check_takes,
}
