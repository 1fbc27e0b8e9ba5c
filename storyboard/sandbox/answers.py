"""The sandbox's answers over HTTP: JSON, and every no in the vendor's own envelope.

door.py and views/api.py raise Refused; views/api.py turns it into an answer here.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpResponse, JsonResponse

from storyboard.logs import request_id
from storyboard.providers.base import Body, Problem
from storyboard.providers.dispatch import vendor_file
from storyboard.sandbox.dialects import Dialect, Refusal

# Seconds. EvoLink names both waits; the others ask to honour the header and name none.
WAITS = {HTTPStatus.TOO_MANY_REQUESTS: 60, HTTPStatus.SERVICE_UNAVAILABLE: 30}
# Messages quote what was sent.
LONGEST_MESSAGE = 2000
# What a gateway says when the service behind it answered too late.
LOST = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(eq=False)
class Refused(Exception):
    """The request ends here, with this problem in the vendor's words."""

    problem: Problem
    wait: int | None = None


def refusal(dialect: Dialect, why: Refusal, detail: str = "", *, wait: int | None = None) -> Refused:
    found = dialect.REFUSALS[why]
    return Refused(replace(found, message=found.message.replace("{}", detail)), wait)


def good(body: Body) -> HttpResponse:
    return JsonResponse(body)


def no(vendor: str, refused: Refused) -> HttpResponse:
    problem = refused.problem
    short = replace(problem, message=problem.message[:LONGEST_MESSAGE])
    answer = JsonResponse(vendor_file(vendor).envelope(short, name()), status=problem.status)
    wait = refused.wait if refused.wait is not None else WAITS.get(HTTPStatus(problem.status))
    if wait is not None and problem.status in WAITS:
        answer.headers["Retry-After"] = str(wait)
    return answer


def name() -> str:
    """The request's id as reAPI writes one, made from the one in our log and in the header."""
    return f"req_{uuid5(NAMESPACE_URL, request_id.get())}"


def lost() -> HttpResponse:
    answer = HttpResponse(LOST, status=HTTPStatus.BAD_GATEWAY)
    # It was asked for, so it is no news for our log; Django looks for this mark.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
