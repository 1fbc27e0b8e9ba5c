"""JSON log lines with the request's id; secrets and signed links never reach them.

settings.LOGGING names these classes; the middleware and the jobs set whose request is being worked for.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
client_ip: ContextVar[str] = ContextVar("client_ip", default="")

# What follows the name is a secret: one path segment for links, a value for parameters and headers.
SECRET = re.compile(
    r"(?P<name>/accounts/link/|/invitations/|/reset/key/|/confirm-email/|/hooks/[^/\s]+/[^/\s]+/"
    r"|(?:X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token|signature|token|password|api_key|key)=|Bearer )"
    r"[^/\s\"'&?]+",
    re.IGNORECASE,
)


def scrub(text: str) -> str:
    return SECRET.sub(r"\g<name>[hidden]", text)


class Scrub(logging.Filter):
    """Put the request's id on the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class Answered(logging.Filter):
    """Drop Django's line for each answer of /readyz that is a 503: a load balancer asks every few seconds.

    health.readyz itself says when that changes.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        asked = getattr(record, "request", None)
        return getattr(asked, "path", "") != "/readyz" or record.exc_info is not None


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for log collectors."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        if request := getattr(record, "request_id", ""):
            line["request_id"] = request
        if record.exc_info:
            line["error"] = scrub(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """The same, for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))
