"""Says at the end of a run how many rows the vendors' contracts have, as a pytest plugin.

Not a conftest.py: where workers share the tests, only they would read it.
"""

import pytest

from tests.contracts.rows import counts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Only where a test of them has run."""
    reports = [report for kind in terminalreporter.stats.values() for report in kind]
    if not any(getattr(report, "nodeid", "").startswith("tests/contracts/") for report in reports):
        return
    found = counts()
    each = ", ".join(f"{vendor} {count}" for vendor, count in found.items())
    terminalreporter.write_line(f"Rows of the vendors’ contracts: {each}; {found.total()} in all.")
