"""The envelope of a job, as django-q2's workers read it. Called by the queue's two ends: enqueue() and the heartbeat.

django-q2's own async_task() makes the same, but without a start time, and slower.
"""

from uuid import uuid4

from django.utils import timezone
from django_q.signing import SignedPackage


def package(function: str, *args: int | str, name: str) -> str:
    task = {
        "id": uuid4().hex,
        "name": name[:100],
        "func": function,
        "args": args,
        "kwargs": {},
        "started": timezone.now(),
    }
    signed: str = SignedPackage.dumps(task)
    return signed
