"""Settings for the worker processes that the tests start: the real ones, with test jobs and a timeout to shorten."""

import importlib.util
import os
import sys
import types

from storyboard.settings import *  # noqa: F403
from storyboard.settings import JOB_TASKS, Q_CLUSTER, cluster

# Long, because a worker that meets its first job reads the modules of that job first, slowly on a busy machine.
TIMEOUT = int(os.environ.get("JOBS_TIMEOUT", "30"))
TEST_TASKS = {f"tests.jobs.tasks.{name}": "fast" for name in ("mark", "nothing", "fail", "work", "hang", "die")}
JOB_TASKS = {**JOB_TASKS, **TEST_TASKS}
Q_CLUSTER = {**Q_CLUSTER, **cluster(2, timeout=TIMEOUT), "ALT_CLUSTERS": {"media": cluster(1, timeout=TIMEOUT)}}

if importlib.util.find_spec("storyboard.accounts.links") is None:
    links = types.ModuleType("storyboard.accounts.links")
    links.first_sign_in = lambda: "http://localhost/first"  # type: ignore[attr-defined]
    sys.modules[links.__name__] = links
