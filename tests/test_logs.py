"""Log lines are JSON, carry the request's id, and never a secret."""

import json
import logging

import pytest

from storyboard.logs import JsonFormatter, Scrub, request_id, scrub

SECRETS = [
    "GET /accounts/link/S3cret-tok_en/ HTTP/1.1",
    "GET /invitations/S3cret-tok_en/",
    "POST /hooks/reapi/4f2k/S3cret-tok_en/callback",
    "GET /accounts/password/reset/key/S3cret-tok_en/",
    "GET /accounts/confirm-email/S3cret-tok_en/",
    "PUT https://s3.example.com/b/k?X-Amz-Date=1&X-Amz-Signature=S3cret-tok_en&x=1",
    "https://s3.example.com/b/k?X-Amz-Credential=S3cret-tok_en",
    "Authorization: Bearer S3cret-tok_en",
    "api_key=S3cret-tok_en",
    '{"Authorization": "Bearer S3cret-tok_en"}',
    "password=S3cret-tok_en&email=a",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_hidden_and_the_rest_stays(text: str) -> None:
    cleaned = scrub(text)
    assert "S3cret" not in cleaned
    assert cleaned.split("[hidden]")[0] == text.split("S3cret-tok_en", maxsplit=1)[0]


def line(message: str, *args: object, error: bool = False) -> dict[str, object]:
    try:
        raise ValueError("token=S3cret-tok_en")
    except ValueError as problem:
        info = (type(problem), problem, problem.__traceback__) if error else None
    record = logging.LogRecord("storyboard", logging.ERROR, __file__, 1, message, args, info)
    Scrub().filter(record)
    parsed: dict[str, object] = json.loads(JsonFormatter().format(record))
    return parsed


def test_a_line_carries_the_requests_id() -> None:
    reset = request_id.set("0123456789abcdef")
    try:
        assert line("hello %s", "you")["request_id"] == "0123456789abcdef"
        assert line("hello %s", "you")["message"] == "hello you"
    finally:
        request_id.reset(reset)


def test_a_traceback_is_scrubbed_too() -> None:
    parsed = line("broke at %s", "/invitations/S3cret-tok_en/", error=True)
    assert "S3cret-tok_en'" not in str(parsed["message"])
    assert "token=[hidden]" in str(parsed["error"])
