"""Each line of EvoLink’s tables, tried against what preflight and the sandbox use."""

from decimal import Decimal
from typing import Any

import pytest

from storyboard.providers.base import Kind, Level, Problem
from storyboard.providers.evolink import (
    ERRORS,
    RETRY_AFTER,
    ROWS,
    envelope,
    id_problem,
    parse_task,
    price,
    problems,
)
from storyboard.providers.evolink_rows import BY_ID
from tests.contracts import evolink_rows as rows
from tests.contracts.rows import Row


@pytest.mark.parametrize("row", rows.ROWS, ids=lambda row: row.name)
def test_a_body_is_answered_as_the_page_says(row: Row) -> None:
    found = [one for one in problems(row.body, row.media) if one.level is Level.PROBLEM]
    first = found[0] if found else Problem(field="", sentence="", status=200)
    assert (first.status, first.code) == (row.status, row.code)
    assert not row.message or [one.message for one in found] == [row.message]


def test_every_row_has_a_name_of_its_own() -> None:
    assert len({row.name for row in rows.ROWS}) == len(rows.ROWS)


@pytest.mark.parametrize(("name", "default"), rows.DEFAULTS)
def test_a_parameter_has_the_default_of_the_page(name: str, default: object) -> None:
    for model in ROWS.models:
        assert {param.name: param.default for param in model.params}[name] == default


@pytest.mark.parametrize(("ratio", "quality", "width", "height"), rows.PIXEL_TABLE)
def test_a_ratio_has_the_pixels_of_the_table(ratio: str, quality: str, width: int, height: int) -> None:
    assert BY_ID[rows.R2V].pixels[ratio, quality] == (width, height)
    assert (ratio, "1080p") not in BY_ID["seedance-2.0-fast-text-to-video"].pixels


@pytest.mark.parametrize(("name", "changes", "seconds", "micro"), rows.PRICES, ids=[row[0] for row in rows.PRICES])
def test_a_price_follows_the_formula(name: str, changes: dict[str, Any], seconds: list[str], micro: int | None) -> None:
    urls = rows.many(rows.CLIP, len(seconds))
    sent = rows.body(**{"video_urls": urls or None} | changes)
    media = {url: rows.clip(length) for url, length in zip(urls, seconds, strict=True)}
    quote = price(sent, BY_ID[sent["model"]], media)
    assert quote.micro_usd == micro
    assert bool(quote.note) == (micro is None or bool(urls))


@pytest.mark.parametrize(("code", "retryable"), rows.TASK_ERRORS)
def test_a_failed_task_tells_whether_another_try_may_help(code: str, retryable: bool) -> None:
    task = parse_task({"id": "task-unified-1-a", "status": "failed", "error": {"code": code, "message": "why"}})
    assert task.error is not None
    assert (task.error.code, task.error.message, task.error.retryable) == (code, "why", retryable)
    assert ERRORS[code][0] == task.error.sentence


@pytest.mark.parametrize(("status", "kind", "wait"), rows.HTTP_ERRORS)
def test_an_http_error_has_its_type_and_its_wait(status: int, kind: str, wait: int | None) -> None:
    problem = Problem(field="prompt", sentence="", code=kind, status=status, message="prompt is required")
    error = {"code": status, "message": "prompt is required", "type": kind, "param": "prompt"}
    assert envelope(problem, "req_1") == {"error": error}
    assert RETRY_AFTER.get(status) == wait


@pytest.mark.parametrize(("word", "state"), rows.STATUS_WORDS)
def test_a_status_word_is_known(word: str, state: str) -> None:
    assert parse_task({"id": "task-unified-1-a", "status": word}).state == state


def test_a_task_id_must_begin_as_evolinks_do() -> None:
    assert id_problem("task-unified-1774857405-abc123") is None
    refused = id_problem("task_018f")
    assert refused is not None
    assert (refused.status, refused.code) == (400, "invalid_request_error")


def test_the_nine_models_have_the_media_limits_of_the_page() -> None:
    assert len(ROWS.models) == 9
    limits = BY_ID[rows.R2V].limits
    assert (limits[Kind.IMAGE].count, limits[Kind.VIDEO].count, limits[Kind.AUDIO].count) == (9, 3, 3)
    assert limits[Kind.VIDEO].seconds_total == (Decimal(0), Decimal(15))
