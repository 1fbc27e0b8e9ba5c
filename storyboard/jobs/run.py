"""What a worker calls for every job: find the task, log under the request's id, say in the log what went wrong."""

import logging
from contextvars import ContextVar

from django.conf import settings
from django.utils.module_loading import import_string
from django_q.exceptions import TimeoutException

from storyboard.logs import request_id

# The task that is being run; empty everywhere but in a worker. What only a worker may do looks here.
current_task: ContextVar[str] = ContextVar("current_task", default="")

logger = logging.getLogger(__name__)


class JobFailed(Exception):
    """The job raised; the log has the details, so that the queue's table need not keep what may be private."""


def run(task: str, request: str, *ids: int | str) -> None:
    token, mark = request_id.set(request), current_task.set(task)
    try:
        if task not in settings.JOB_TASKS:
            raise ValueError(f"{task} is not in settings.JOB_TASKS.")
        import_string(task)(*ids)
    except TimeoutException:
        logger.error("%s%s took too long and was stopped", task, ids)
        raise
    except Exception:
        logger.exception("%s%s failed", task, ids)
        raise JobFailed(task) from None
    finally:
        current_task.reset(mark)
        request_id.reset(token)
