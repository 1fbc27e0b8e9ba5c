"""How each vendor talks, for the server that misbehaves: its good answers and its errors, as its pages print them.

`SPOKEN` has the four vendors and the fake one of the client's other tests.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from storyboard.providers import apimart, ark, evolink, reapi
from storyboard.providers.base import Problem
from storyboard.providers.outcomes import Vendor
from tests.providers import fake

# HTTP status -> the error object of an answer.
Errors = Callable[[int], dict[str, Any]]


@dataclass(frozen=True)
class Spoken:
    vendor: Vendor
    task_id: str
    # The answer to a submission, and the name under which it has the id.
    created: bytes
    id_field: str
    # The answer to a question about the task.
    task: bytes
    error: Errors
    # Of its words for 402.
    out_of_money: str
    balance: bytes = b""

    @property
    def asked(self) -> Self:
        """The same vendor, whose good answer is the task."""
        return replace(self, created=self.task)

    def with_id(self, value: bytes) -> bytes:
        """The good answer with this in the place of the id, quotes and all."""
        return self.created.replace(b'"%s"' % self.task_id.encode(), value)

    def without_id(self) -> bytes:
        return self.created.replace(b'"%s": ' % self.id_field.encode(), b'"other": ')

    def refusal(self, status: int) -> bytes:
        return json.dumps({"error": self.error(status)}).encode()


def said(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def fake_error(status: int) -> dict[str, Any]:
    code = {402: 30001, 429: 50001, 503: 60001}.get(status, 20003)
    return {"code": code, "message": "Not like this.", "request_id": "req_77"}


def reapi_error(status: int) -> dict[str, Any]:
    code = {401: 10003, 402: 30001, 429: 50001}.get(status, 20003)
    return {"code": code, "message": reapi.ERRORS[str(code)].message, "request_id": "req_77"}


def apimart_error(status: int) -> dict[str, Any]:
    found: dict[str, Any] = apimart.envelope(Problem(field="", sentence="", status=status), "")["error"]
    return found


def evolink_error(status: int) -> dict[str, Any]:
    kind = evolink.TYPES.get(status, "internal_server_error")
    return {"code": status, "message": "Not like this.", "type": kind, "param": "prompt"}


def ark_error(status: int) -> dict[str, Any]:
    code = {401: "AuthenticationError", 402: "AccountOverdueError", 429: "RateLimitExceeded"}
    message = "Not like this. Request id: 021778754737"
    return {"code": code.get(status, "InvalidParameter"), "message": message, "param": "", "type": "BadRequest"}


FAKE = Spoken(
    vendor=fake,
    task_id="task_0123456789",
    created=said(id="task_0123456789", status="queued"),
    id_field="id",
    task=said(id="task_0123456789", status="queued"),
    error=fake_error,
    out_of_money="run out of credits",
    balance=said(id="task_0123456789", credits=5),
)
REAPI_TASK = said(
    id="task_018f5a3a1b6e7d9f8c2b4d6e8f0a2c4e",
    model="doubao-seedance-2.0-face",
    status="processing",
    created_at=1735000000,
)
REAPI = Spoken(
    vendor=reapi,
    task_id="task_018f5a3a1b6e7d9f8c2b4d6e8f0a2c4e",
    created=REAPI_TASK,
    id_field="id",
    task=REAPI_TASK,
    error=reapi_error,
    out_of_money="too few credits",
    balance=said(credits=4200),
)
MART_ID = "task_01KMCGF6BQGN3X28H3KSR50X5T"
APIMART = Spoken(
    vendor=apimart,
    task_id=MART_ID,
    created=said(code=200, data=[{"status": "submitted", "task_id": MART_ID}]),
    id_field="task_id",
    task=said(code=200, data={"id": MART_ID, "status": "processing", "progress": 40, "created": 1765000891}),
    error=apimart_error,
    out_of_money="run out of money",
    balance=said(success=True, remain_balance=12.5, used_balance=1, unlimited_quota=False),
)
EVOLINK_TASK = said(
    created=1761313744,
    id="task-unified-1774857405-abc123",
    model="seedance-2.0-reference-to-video",
    object="video.generation.task",
    progress=0,
    status="pending",
    type="video",
    usage={"billing_rule": "per_second", "credits_reserved": 50, "user_group": "default"},
)
EVOLINK = Spoken(
    vendor=evolink,
    task_id="task-unified-1774857405-abc123",
    created=EVOLINK_TASK,
    id_field="id",
    task=EVOLINK_TASK,
    error=evolink_error,
    out_of_money="too few credits",
    balance=said(data={"user": {"remaining_credits": 77}}),
)
ARK = Spoken(
    vendor=ark,
    task_id="cgt-20260514183217-t8rzv",
    created=said(id="cgt-20260514183217-t8rzv"),
    id_field="id",
    task=said(id="cgt-20260514183217-t8rzv", model="doubao-seedance-2-0-260128", status="queued", content=None),
    error=ark_error,
    out_of_money="unpaid bills",
)
SPOKEN = {"fake": FAKE, "reapi": REAPI, "apimart": APIMART, "evolink": EVOLINK, "ark": ARK}
