"""A take's doorbell: the address that its vendor is asked to ring, with a secret of this one POST in the path.

planning asks whether there is one, actions.sending makes it for each claim, webhooks.py compares what was rung.
"""

import hmac
import re
import secrets

from django.conf import settings

from storyboard.connections.addresses import can_call_back
from storyboard.connections.models import Connection
from storyboard.takes.models import Take
from storyboard.takes.placeholders import digest

# A doorbell's path as vendors give it back, also within JSON or within another address.
SLASH = r"(?:\\?/|%2F)"
BELL = re.compile(rf"({SLASH}hooks{SLASH}[a-z]{{1,20}}{SLASH}[a-z0-9]{{1,20}}{SLASH})[A-Za-z0-9_-]+", re.IGNORECASE)


def wanted(connection: Connection) -> bool:
    return can_call_back(connection.about, connection.base_url)


def address(take: Take) -> tuple[str, str]:
    """The address, which is kept nowhere, and the digest of its secret. In the path: one vendor adds to its end."""
    if take.connection is None:
        raise ValueError("A take without a connection is sent nowhere.")
    secret = secrets.token_urlsafe(32)
    return f"{settings.PUBLIC_URL}/hooks/{take.connection.vendor}/{take.public_id}/{secret}", digest(secret)


def fits(take: Take | None, secret: str) -> bool:
    """Whether the secret is this take's; as long for no take, and for one that has none."""
    kept = take.secret_digest if take else ""
    return hmac.compare_digest(digest(secret), kept or "-" * 64)


def without_secrets(text: str) -> str:
    """The same, where a vendor repeats the address that it was given."""
    return BELL.sub(r"\1…", text)
