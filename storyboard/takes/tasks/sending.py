"""The one place from which a paid request goes out. settings.JOB_TASKS names it; a job that comes twice sends once."""

import logging

from storyboard.connections import actions as connections
from storyboard.connections.clients import client
from storyboard.errors import DomainError
from storyboard.media import links
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unknown
from storyboard.providers.waits import Timeouts
from storyboard.takes import handoff, restore
from storyboard.takes.actions import sending
from storyboard.takes.actions.failover import ABOUT_THE_ACCOUNT
from storyboard.takes.actions.sending import Claim
from storyboard.takes.faults import point
from storyboard.takes.models import Input
from storyboard.takes.placeholders import CALLBACK, digest, filled

logger = logging.getLogger(__name__)
# How long a vendor may need until it has fetched what a body points to.
LINK_SECONDS = 24 * 3600
NOT_READY = "The request could not be made ready, so nothing was sent. It is tried again by itself."
BROKE = "Sending this broke off, so the vendor may have taken it."


def send(connection_id: int) -> None:
    """Send the connection's next take, if one may be sent now."""
    point("before claim")
    found = sending.claim(connection_id)
    if found is None:
        return
    point("after claim")
    try:
        text = body(found)
    except DomainError as error:
        sending.not_created(found.take, epoch=found.epoch, error=NotCreated(error.message))
        return
    except Exception as error:
        # Nothing has left this process, so nothing was created, whatever broke.
        logger.exception("Take %s could not be made ready", found.take.pk)
        why = NotCreated(NOT_READY, retryable=True, reason=type(error).__name__)
        sending.not_created(found.take, epoch=found.epoch, error=why)
        return
    post(found, text)


def body(found: Claim) -> str:
    """The approved body with the links that this moment gives."""
    take = found.take
    real = {CALLBACK: found.callback_url} if found.callback_url else {}
    if found.upstream is not None:
        real |= handoff.links(take, found.upstream)
    vendor = take.connection.vendor if take.connection else ""
    purpose = f"take {take.public_id}"
    for one in Input.objects.filter(take=take).select_related("file"):
        real[one.placeholder] = links.for_vendor(one.file, vendor=vendor, seconds=LINK_SECONDS, purpose=purpose)
    if digest(take.asked) != take.asked_hash:
        raise ValueError("What is kept of the request is not what was approved.")
    return filled(take.asked, real)


def post(found: Claim, text: str) -> None:
    take, epoch, sent_hash, account = found.take, found.epoch, digest(text), found.take.connection
    try:
        if take.connection is None:
            raise NotCreated("This take has no connection.")
        vendor = client(take.connection, timeouts=Timeouts.paid())
        restore.remember(take.connection, found.sent)
        point("before post")
        remote_id = vendor.submit(text)
        point("after post")
    except Refused as error:
        logged(found, error)
        sending.refused(take, epoch=epoch, error=error)
        connections.heard(account, ails=error.status in ABOUT_THE_ACCOUNT)
    except NotCreated as error:
        logged(found, error)
        sending.not_created(take, epoch=epoch, error=error)
    except Unknown as error:
        logged(found, error)
        sending.unclear(take, epoch=epoch, error=error, sent_hash=sent_hash)
    except Exception as error:
        # The worker's time may be up, or the program has a fault: the request may be on its way all the same.
        sending.unclear(take, epoch=epoch, error=Unknown(BROKE, reason=type(error).__name__), sent_hash=sent_hash)
        raise
    else:
        sending.accepted(take, epoch=epoch, remote_id=remote_id, sent_hash=sent_hash)
        connections.heard(account, ails=False)
    point("after outcome")


def logged(found: Claim, error: ProviderError) -> None:
    logger.info("Take %s: %s %s %s %s", found.take.pk, type(error).__name__, error.status, error.code, error.reason)
