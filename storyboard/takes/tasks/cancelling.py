"""Ask a vendor to cancel a running take, and then what became of it: only the vendor's word changes its state."""

import logging

from storyboard.connections.clients import client
from storyboard.jobs.queue import enqueue
from storyboard.providers.errors import ProviderError
from storyboard.takes.models import State, Take

logger = logging.getLogger(__name__)
REFRESH = "storyboard.takes.tasks.polling.refresh"


def cancel(take_id: int) -> None:
    take = Take.objects.select_related("connection").filter(pk=take_id, state=State.RUNNING).first()
    if take is None or take.connection is None:
        return
    try:
        client(take.connection).cancel(take.remote_id)
    except ProviderError as error:
        # Too late, or not heard: the answer to the question that follows says which.
        logger.info("Take %s was not cancelled: %s %s", take.pk, error.status, error.reason)
    enqueue(REFRESH, take.pk)
