"""Settings for both sides of the queue benchmark: ours, or django-q2 as it comes (two workers each)."""

import os

from storyboard.settings import *  # noqa: F403
from storyboard.settings import JOB_TASKS, Q_CLUSTER

JOB_TASKS = {**JOB_TASKS, "tests.bench.queue_task.touch": "fast"}
if os.environ.get("BENCH_STOCK"):
    # What a project that installs django-q2 with its ORM broker gets, but for the number of workers; and for the
    # connections, which Django closes after each job unless told otherwise: that alone would make it ten times slower.
    Q_CLUSTER = {"name": "fast", "orm": "default", "workers": 2, "timeout": 20, "retry": 60, "log_level": "WARNING"}
