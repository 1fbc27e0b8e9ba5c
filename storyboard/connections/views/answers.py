"""What the pages of connections share: how one stands, how its results arrive, and the door before a key."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from storyboard.connections.addresses import can_call_back, is_sandbox
from storyboard.connections.models import Connection
from storyboard.teams.decorators import SignedInRequest

# A test that took longer than this did not run.
PATIENCE = timedelta(seconds=60)
MICRO = 1_000_000


def prove_again(request: SignedInRequest) -> HttpResponse | None:
    """Where to go first when this person proved long ago who they are; None when they may go on.

    Not allauth's decorator: that one keeps what was posted in the session, and a key would lie there in plain text.
    """
    if not is_reauthentication_required(request, app="allauth.account"):
        return None
    if request.method == "POST":
        messages.info(request, "That was a while. Confirm that it is you, then fill in the form once more.")
    methods = get_adapter().get_reauthentication_methods(request.user)
    page = methods[0]["url"] if methods else reverse("account_login")
    return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}")


def standing(connection: Connection, now: datetime) -> str:
    """The word for how it stands; the templates know no others."""
    return "off" if connection.disabled_at is not None else tested(connection, now)


def tested(connection: Connection, now: datetime) -> str:
    """The same for its last test alone: one that is off is tested like the others."""
    if is_waiting(connection):
        return "asking" if connection.asked_at and connection.asked_at > now - PATIENCE else "silent"
    return "works" if connection.works else "broken"


def is_waiting(connection: Connection) -> bool:
    """Whether a test was asked for that has not been answered."""
    if connection.checked_at is None or connection.asked_at is None:
        return True
    return connection.asked_at > connection.checked_at


def shown(connection: Connection) -> dict[str, Any]:
    """A connection as the pages show it."""
    now = timezone.now()
    return {
        "row": connection,
        "vendor": connection.about,
        "standing": standing(connection, now),
        "tested": tested(connection, now),
        "worth": worth(connection),
    }


def worth(connection: Connection) -> Decimal | None:
    """The balance in US dollars, where the vendor says what a credit costs."""
    each = connection.about.credit_micro_usd
    if connection.balance is None or each is None:
        return None
    return connection.balance * each / MICRO


def arrival(connection: Connection) -> str:
    """How results come back from this vendor, and why not faster."""
    label = connection.about.label
    if not connection.about.callback_field:
        return f"Results come by polling: {label} calls nobody back."
    if settings.CALLBACKS == "never":
        return f"Results come by polling: whoever runs Lastframe has {label} call nobody back (CALLBACKS)."
    if not can_call_back(connection.about, connection.base_url):
        return (
            f"Results come by polling: {label} cannot call {settings.PUBLIC_URL}. "
            "Run Lastframe at a public https address, set as PUBLIC_URL, for callbacks."
        )
    if is_sandbox(connection.base_url):
        return "Results come by callback and by polling: the sandbox is a part of this app and can call it."
    return f"{label} calls back as soon as a result is ready, and polling makes sure."
