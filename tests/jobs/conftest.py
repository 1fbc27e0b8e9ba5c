"""The test jobs, registered as the product's are."""

from typing import Any

import pytest

from tests.jobs.settings import TEST_TASKS


@pytest.fixture(autouse=True)
def test_tasks(settings: Any) -> None:
    settings.JOB_TASKS = {**settings.JOB_TASKS, **TEST_TASKS}
