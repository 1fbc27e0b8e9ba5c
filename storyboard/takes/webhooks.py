"""The doorbells: a vendor says that there is news of a take. Kept, acknowledged, and believed in nothing.

No cookie, no session, no redirect: the secret in the path is all. The vendor is asked what is true by a job.
"""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Never

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from storyboard.providers.dispatch import vendor_file
from storyboard.providers.outcomes import checked_id
from storyboard.takes import callbacks
from storyboard.takes.actions import doorbell
from storyboard.takes.actions.doorbell import Knock
from storyboard.takes.doorstep import MOST_BYTES, wrong_length
from storyboard.takes.faults import point
from storyboard.takes.models import Take

# Enough for evidence.
KEPT_CHARACTERS = 20_000
# A database keeps no NUL.
UNKEPT = re.compile(r"\x00")


@dataclass(frozen=True, slots=True)
class Hint:
    """Which task a body names and what it says of it, where that can be read."""

    task_id: str = ""
    said: str = ""


@csrf_exempt
def receive(request: HttpRequest, vendor: str = "", take_id: str = "", secret: str = "") -> JsonResponse:
    if status := refusal(request):
        return answer(status)
    try:
        raw = request.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            return answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        take = rung(vendor, take_id, secret)
        if take is None:
            return answer(HTTPStatus.NOT_FOUND)
        doorbell.ring(take, knock=knock(vendor, raw))
    except UnreadablePostError:
        return answer(HTTPStatus.BAD_REQUEST)
    except (OperationalError, InterfaceError):
        # The vendor shall come again.
        return answer(HTTPStatus.SERVICE_UNAVAILABLE)
    point("after the doorbell")
    return answer(HTTPStatus.OK)


def refusal(request: HttpRequest) -> HTTPStatus | None:
    """The same as the doorstep's: other servers may stand in front of this view, and tests do."""
    if request.method != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    text = request.META.get("CONTENT_LENGTH")
    return HTTPStatus.LENGTH_REQUIRED if not text else wrong_length(text)


def rung(vendor: str, take_id: str, secret: str) -> Take | None:
    """The take whose bell this is. Somebody who guesses learns nothing, not by the time that it takes either."""
    take = doorbell.bell(vendor, take_id)
    return take if callbacks.fits(take, secret) else None


def knock(vendor: str, raw: bytes) -> Knock:
    hint = read(vendor, raw)
    text = UNKEPT.sub("\N{REPLACEMENT CHARACTER}", raw.decode("utf-8", "replace"))
    kept = callbacks.without_secrets(text)[:KEPT_CHARACTERS]
    return Knock(vendor=vendor, body=kept, task_id=hint.task_id, said=hint.said)


def read(vendor: str, raw: bytes) -> Hint:
    try:
        task = vendor_file(vendor).parse_task(json.loads(raw, parse_constant=no_number))
        return Hint(checked_id(task.id), task.state.value)
    # Anybody may post anything: numbers of a million digits, brackets without end. Then it is a bell and no more.
    except Exception:
        return Hint()


def no_number(text: str) -> Never:
    raise ValueError(text)


def answer(status: HTTPStatus) -> JsonResponse:
    response = JsonResponse({"ok": status is HTTPStatus.OK}, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "POST"
    return response
