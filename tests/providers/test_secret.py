"""A key shows nowhere: whatever breaks, it is not in the error, its traceback, the log or the client's own words."""

import asyncio
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable

import httpx
import pytest

from storyboard.providers.base import Task
from storyboard.providers.errors import ProviderError
from storyboard.providers.http import Bearer, Client
from storyboard.providers.secret import Secret
from storyboard.providers.waits import Pace
from tests.providers.misbehaving import MODES, Misbehaving
from tests.providers.quick import KEY, client

TASK = "task_0123456789"


def submits(asking: Client) -> str:
    return asking.submit({"prompt": "A lighthouse"})


def fetches(asking: Client) -> Task:
    asking.pace = Pace(times=1)
    return asking.fetch(TASK)


def cancels(asking: Client) -> None:
    asking.cancel(TASK)


def raised_by(ask: Callable[[Client], object], asking: Client) -> ProviderError | None:
    try:
        ask(asking)
    except ProviderError as error:
        return error
    return None


def shown(error: BaseException) -> str:
    """All that a log, a debug page or a queue could show of it: every frame's variables too, but for the test's own."""
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    told = traceback.TracebackException.from_exception(error, capture_locals=True, compact=False)
    inner = (error.__cause__, error.__context__)
    return "".join(told.format()) + repr(error) + repr(vars(error)) + repr(inner)


@pytest.mark.parametrize("ask", [submits, fetches, cancels])
@pytest.mark.parametrize("mode", MODES)
def test_no_fault_shows_the_key(mode: str, ask: Callable[[Client], object], caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.DEBUG, name)
    with Misbehaving(mode) as server:
        error = raised_by(ask, client(server.url))
    assert error is None or KEY not in shown(error)
    assert KEY.encode() not in pickle.dumps(error)
    assert all(KEY in head for head in server.heads)
    assert "connect_tcp" in caplog.text
    assert KEY not in caplog.text


def test_the_search_would_find_the_key_in_an_error_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: had httpx's own error been let through, the frames below it would show the header."""

    def breaks(self: object, event: object) -> None:
        raise httpx.ReadError("broken")

    monkeypatch.setattr("h11.Connection.send", breaks)
    plain = httpx.Client(auth=Bearer(Secret(KEY)), trust_env=False)
    with Misbehaving("well behaved") as server, plain, pytest.raises(httpx.ReadError) as raised:
        plain.post(server.url)
    assert KEY in shown(raised.value)


@pytest.mark.parametrize("code", [200, 302, 401, 429, 500])
def test_a_key_that_the_vendor_quotes_is_cut_out_of_what_it_said(code: int) -> None:
    with Misbehaving(f"{code} that quotes the key") as server, pytest.raises(ProviderError) as raised:
        submits(client(server.url))
    assert "[hidden]" in raised.value.raw
    assert code == 200 or raised.value.message == "No such key: [hidden]"


def test_a_key_that_was_quoted_to_many_questions_is_cut_out_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Misbehaving("401 that quotes the key") as server:
        found = asyncio.run(client(server.url).fetch_many([TASK]))
    assert isinstance(found[TASK], ProviderError)
    assert KEY not in repr(vars(found[TASK])) + caplog.text


def test_a_key_shows_in_no_form_of_itself() -> None:
    secret = Secret(KEY)
    shown = (str(secret), repr(secret), f"{secret}", f"{secret:>40}", repr([secret]))
    assert all("[hidden]" in text and KEY not in text for text in shown)
    assert KEY not in repr(client("https://api.example.com"))
    assert secret.reveal() == KEY


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy, json.dumps])
def test_a_key_is_not_written_into_a_file_or_a_queue(write: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as raised:
        write(Secret(KEY))
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["", "short", f"{KEY}\n", f" {KEY}", f"{KEY} {KEY}", f"{KEY}’", f"{KEY}\x00", KEY * 60]
)
def test_what_cannot_be_a_key_is_turned_away_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="no API key") as raised:
        Secret(text)
    assert KEY not in str(raised.value)
