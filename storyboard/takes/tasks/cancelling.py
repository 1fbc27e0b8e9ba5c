"""Ask a vendor to cancel a running take, and then what became of it: only the vendor's word changes its state."""

import logging
from http import HTTPStatus

from storyboard.connections.clients import client
from storyboard.jobs.queue import enqueue
from storyboard.providers.errors import ProviderError
from storyboard.takes.actions import cancelling
from storyboard.takes.models import State, Take

logger = logging.getLogger(__name__)
REFRESH = "storyboard.takes.tasks.polling.refresh"


def cancel(take_id: int) -> None:
    take = (
        Take.objects.select_related("connection", "shot__board__team").filter(pk=take_id, state=State.RUNNING).first()
    )
    if take is None or take.connection is None:
        return
    try:
        client(take.connection).cancel(take.remote_id)
    except ProviderError as error:
        # What it says now stays with the take until the question that follows finds it over.
        logger.info("Take %s was not cancelled: %s %s", take.pk, error.status, error.reason)
        too_late = error.status == HTTPStatus.CONFLICT
        cancelling.not_cancelled(take, why=cancelling.REFUSED if too_late else cancelling.UNCLEAR)
    enqueue(REFRESH, take.pk)
