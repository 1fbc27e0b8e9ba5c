"""How the whole suite runs, as a pytest plugin: what runs where and on which engine, and no test skips itself in CI."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from functools import wraps
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from servestatic.middleware import ServeStaticMiddleware
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

ALONE = "lastframe/alone"
# How the summary counts a worker's death.
DIED = "worker died"
# How many rows there are of what drives a browser: as one, it would take longer than all the rest.
BROWSER_ROWS = 2


def pytest_configure() -> None:
    # With PostgreSQL the settings are production's, and name static files by their hash. The processes that tests start
    # find them collected; the server inside a test finds them where they are written.
    if not settings.EMBEDDED:
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Each client of a test starts the middleware anew, which looked at all static files again: half of its time.
    for name in ("add_files", "add_files_from_finders"):
        setattr(ServeStaticMiddleware, name, once(getattr(ServeStaticMiddleware, name)))


def once(scan: Callable[..., None]) -> Callable[..., None]:
    """What it found the first time in the same folder."""
    found: dict[tuple[Any, ...], tuple[dict[str, Any], list[Any]]] = {}

    @wraps(scan)
    def add(self: Any, *where: Any, **prefix: Any) -> None:
        key = (*where, *prefix.values(), settings.STATIC_ROOT)
        if key not in found:
            scan(self, *where, **prefix)
            found[key] = dict(self.files), list(self.directories)
        self.files, self.directories = dict(found[key][0]), list(found[key][1])

    return add


def pytest_sessionstart(session: pytest.Session) -> None:
    # Once, before the workers start.
    if not settings.EMBEDDED and not hasattr(session.config, "workerinput"):
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, cwd=settings.ROOT, check=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a browser, remember what must not run beside itself, leave out what belongs to one engine."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if hasattr(config, "workerinput"):
        config.cache.set(ALONE, rows(items))
    left_out = {item for item in items if is_for_the_other_pass(set(names(item)))}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def rows(items: list[pytest.Item]) -> dict[str, str]:
    """What drives a browser or kills processes does not run beside its like: which row each of them is in."""
    files = sorted({item.path for item in items if "browser" in names(item)})
    found = {}
    for item in items:
        marks = {"browser", "processes"} & set(names(item))
        if marks:
            number = files.index(item.path) % BROWSER_ROWS if marks == {"browser"} else 0
            found[item.nodeid] = f"{' and '.join(sorted(marks))} {number}"
    return found


def is_for_the_other_pass(marks: set[str]) -> bool:
    """Not a skip: `make test` runs it in its other pass, and says so when it cannot."""
    if os.environ.get("SECOND_PASS") and "once" in marks:
        return True
    return "postgres" in marks and connection.vendor != "postgresql"


def names(item: pytest.Item) -> list[str]:
    return [mark.name for mark in item.iter_markers()]


class OneWorkerEach(LoadScopeScheduling):
    """One worker runs a row of what drives a browser, one all that kills processes; all share the rest one by one.

    `--dist loadgroup` would do, but xdist 3.8 marks its groups in a field that pytest 9.2 no longer reads.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        self.died_at: list[str] = []

    def _split_scope(self, nodeid: str) -> str:
        if not hasattr(self, "alone"):
            self.alone = dict(self.config.cache.get(ALONE, {}))
        return str(self.alone.get(nodeid, nodeid))

    def remove_node(self, node: WorkerController) -> str | None:
        # xdist 3.8 hands out again what a worker that died had run already; whoever gets that waits for ever.
        workload = self.assigned_work.get(node, {})
        for scope in [scope for scope, unit in workload.items() if all(unit.values())]:
            del workload[scope]
        crashed: str | None = super().remove_node(node)
        return crashed

    def _reschedule(self, node: WorkerController) -> None:
        if node not in self.registered_collections:
            # It is only just starting, in the place of another one that died.
            return
        super()._reschedule(node)
        # A worker begins once it knows of two; one that takes a dead one's place would know of one.
        if self.workqueue and not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
            self._assign_work_unit(node)


def pytest_handlecrashitem(crashitem: str, report: Any, sched: OneWorkerEach) -> None:
    # Nobody has failed what another worker runs once more now: something native died, and its trace stands above.
    report.outcome = "failed" if crashitem in sched.died_at else DIED
    sched.died_at.append(crashitem)


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    return (DIED, "D", DIED.upper()) if report.outcome == DIED else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerEach:
    return OneWorkerEach(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that skips itself has failed: nobody reads the reasons there."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which is not allowed in CI: {call.excinfo and call.excinfo.value}"
    return report
