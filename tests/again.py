"""In CI, a test with a browser, with processes or with a clock that failed is run once more; both runs are reported.

A build machine shared with others can stop a browser for seconds. A test that fails twice has failed; one that passes
the second time is counted in the last line and shown whole above it, so that somebody looks into it.
"""

import os
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from _pytest.terminal import TerminalReporter

# How the summary counts it.
ONCE = "failed once"
WITH_MOODS = ("browser", "processes", "clock")


@pytest.hookimpl
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if not os.environ.get("CI") or not any(item.get_closest_marker(name) for name in WITH_MOODS):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(report.failed for report in reports):
        said = [as_failed_once(report) for report in reports if report.failed]
        reports = [*said, *runtestprotocol(item, log=False, nextitem=nextitem)]
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def as_failed_once(report: Any) -> pytest.TestReport:
    report.outcome = ONCE
    return report  # type: ignore[no-any-return]


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    return (ONCE, "O", ONCE.upper()) if report.outcome == ONCE else None


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for report in terminalreporter.getreports(ONCE):
        terminalreporter.section(f"{report.nodeid} failed the first time", "_")
        terminalreporter.line(report.longreprtext)
