"""Each line of Ark’s tables, tried against what preflight and the sandbox use."""

from typing import Any

import pytest

from storyboard.providers.ark import (
    ROWS,
    cancel_problem,
    list_problems,
    parse_task,
    price,
    problems,
    tokens,
)
from storyboard.providers.ark_rows import BY_ID
from storyboard.providers.base import Level, Problem, TaskState
from tests.contracts import ark_rows as rows
from tests.contracts.rows import Row


@pytest.mark.parametrize("row", rows.ROWS, ids=lambda row: row.name)
def test_a_body_is_answered_as_the_documentation_says(row: Row) -> None:
    found = [one for one in problems(row.body, row.media) if one.level is Level.PROBLEM]
    first = found[0] if found else Problem(field="", sentence="", status=200)
    assert (first.status, first.code) == (row.status, row.code)
    assert not row.message or row.message in [one.message for one in found]
    assert len(found) <= 2


def test_every_row_has_a_name_of_its_own() -> None:
    assert len({row.name for row in rows.ROWS}) == len(rows.ROWS)


@pytest.mark.parametrize(("name", "default"), rows.DEFAULTS)
def test_a_parameter_has_the_default_of_the_documentation(name: str, default: object) -> None:
    for model in ROWS.models:
        assert {param.name: param.default for param in model.params}[name] == default


@pytest.mark.parametrize("word", rows.STATUS_WORDS)
def test_a_status_word_is_known(word: str) -> None:
    assert parse_task({"id": "cgt-1", "status": word}).state == TaskState(word)


@pytest.mark.parametrize(("code", "retryable"), rows.ERRORS)
def test_an_error_tells_whether_another_try_may_help(code: str, retryable: bool) -> None:
    error = parse_task({"id": "cgt-1", "status": "failed", "error": {"code": code, "message": "why"}}).error
    assert error is not None
    assert (error.code, error.retryable) == (code, retryable)
    assert "Read its message" not in error.sentence


@pytest.mark.parametrize(("state", "answer"), rows.CANCELS)
def test_a_task_is_cancelled_only_while_it_waits(state: str, answer: tuple[int, str] | None) -> None:
    found = cancel_problem(TaskState(state))
    assert ((found.status, found.code) if found else None) == answer


@pytest.mark.parametrize(("query", "field"), rows.LISTS)
def test_a_lists_query_is_checked(query: dict[str, str], field: str) -> None:
    assert [one.field for one in list_problems(query)] == ([field] if field else [])


@pytest.mark.parametrize(("name", "changes", "count", "micro"), rows.PRICES, ids=[row[0] for row in rows.PRICES])
def test_a_price_follows_the_formula(name: str, changes: dict[str, Any], count: int | None, micro: int | None) -> None:
    sent = rows.body(**changes)
    model = BY_ID[sent["model"]]
    quote = price(sent, model, {})
    assert (tokens(sent, model, {}), quote.micro_usd) == (count, micro)
    assert "not known" in quote.note
