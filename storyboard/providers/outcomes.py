"""What an exchange with a vendor means: was a task created, refused, or is it not known? No network in here.

providers/http.py asks after every exchange. The classes of a paid request follow one rule: whatever does not prove
that nothing was created is Unknown, because sending it again could be paid twice.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Protocol, TypeVar, runtime_checkable

from storyboard.providers.base import Body, Task
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unavailable, Unknown, Unreadable
from storyboard.providers.gathering import Answer, request_id, retry_after

REFUSED = frozenset({400, 401, 402, 403, 404, 413, 415, 422})
ABOUT_THE_KEY = frozenset({401, 403})
BUSY = frozenset({429, 503})
WORTH_ASKING_AGAIN = frozenset({408, 429, 499, 500, 502, 503, 504, *range(520, 531)})
RAW_CHARACTERS = 20_000
TASK_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")

NOT_REACHED = (
    "The vendor could not be reached, so nothing was created or charged. Try again later, or look at the connection."
)
TOO_BUSY = "The vendor has too much to do and did not take this request. Nothing was charged; try again in a while."
NO = "The vendor refused this request, so nothing was created or charged. Change it, or look at the connection."
LOST = (
    "The vendor’s answer was lost or unclear, so it may have started this and charged for it. "
    "Look into the vendor’s console before you render it again."
)
NOT_TOLD = "The vendor refused this question, and nothing has changed. Look at the connection’s key and address."
NO_SUCH_TASK = "The vendor knows no such task. Check its id, and that it was made with this account."
NO_ANSWER = "The vendor gave no usable answer just now. Nothing has changed; ask again later."

Found = TypeVar("Found")


class Vendor(Protocol):
    """What the client needs of a vendor's file. A module is one; `raw` is the answer's JSON object.

    Paths are relative to the base URL; a BALANCE of "" is none. dispatch.VendorFile adds what is done before a request.
    """

    @property
    def SUBMIT(self) -> str: ...  # noqa: N802 - a constant of the module
    @property
    def FETCH(self) -> str: ...  # noqa: N802
    @property
    def BALANCE(self) -> str: ...  # noqa: N802
    @property
    def NOT_ACCEPTED(self) -> frozenset[int]:  # noqa: N802
        """Which of 429 and 503 the vendor documents as "not accepted, come back later"."""

    def parse_submit(self, raw: Body, /) -> str: ...
    def parse_task(self, raw: Body, /) -> Task: ...
    def parse_balance(self, raw: Body, /) -> Decimal | None: ...
    def refusal(self, status: int, raw: Body, /) -> tuple[str, str, str]:
        """The code, message and sentence of an error answer; each may be empty. {} is an answer that is no JSON."""


@runtime_checkable
class Listing(Protocol):
    """What a vendor's file has besides, where the vendor can list tasks and cancel them."""

    @property
    def LIST(self) -> str: ...  # noqa: N802
    @property
    def CANCEL(self) -> str: ...  # noqa: N802

    def list_query(
        self, page: int, size: int, ids: Iterable[str], /, *, status: str, model: str
    ) -> list[tuple[str, str]]: ...
    def parse_list(self, raw: Body, /) -> tuple[list[Task], int | None]:
        """The page's tasks, and how many there are on all pages where the vendor says so."""


def checked_id(text: str) -> str:
    """ValueError unless this can be a task's id: nothing else may get into a URL."""
    if not TASK_ID.fullmatch(text):
        raise ValueError("This is no task id: it has 8 to 128 letters, digits, dots, dashes and underscores.")
    return text


def submitted(answer: Answer, vendor: Vendor) -> str | ProviderError:
    """The new task's id, or the error to raise for a paid request."""
    if answer.unsent:
        return error(NotCreated, answer, vendor, NOT_REACHED, retryable=True)
    if answer.good:
        found = understood(answer, lambda raw: checked_id(vendor.parse_submit(raw)))
        return found if isinstance(found, str) else error(Unknown, found, vendor, LOST)
    if answer.complete and answer.status in REFUSED:
        return error(Refused, answer, vendor, NO)
    if answer.complete and not_accepted(answer, vendor):
        return error(NotCreated, answer, vendor, TOO_BUSY, retryable=True)
    return error(Unknown, answer, vendor, LOST)


def not_accepted(answer: Answer, vendor: Vendor) -> bool:
    """A 503 must also say when to come back: a proxy in between answers 503 too, and may have passed the request on."""
    if answer.status not in BUSY or answer.status not in vendor.NOT_ACCEPTED:
        return False
    return answer.status != HTTPStatus.SERVICE_UNAVAILABLE or retry_after(answer) is not None


def read(
    answer: Answer, vendor: Vendor, parse: Callable[[Body], Found], *, missing: str = NOT_TOLD
) -> Found | ProviderError:
    """What a free question was answered, or the error to raise; `missing` is the sentence for a 404."""
    if answer.good:
        found = understood(answer, parse)
        if not isinstance(found, Answer):
            return found
        answer = found
    elif answer.complete and answer.status in REFUSED:
        return not_told(answer, vendor, missing)
    again = not answer.complete or answer.good or answer.status in WORTH_ASKING_AGAIN
    return error(Unavailable, answer, vendor, NO_ANSWER, retryable=again)


def not_told(answer: Answer, vendor: Vendor, missing: str) -> ProviderError:
    """A refused question. The vendor's own sentence speaks of a paid request, unless it is about the key."""
    found = error(Refused, answer, vendor, NOT_TOLD)
    if answer.status == HTTPStatus.NOT_FOUND:
        found.sentence = missing
    elif answer.status not in ABOUT_THE_KEY:
        found.sentence = NOT_TOLD
    return found


def cancelled(answer: Answer, vendor: Vendor) -> ProviderError | None:
    """Nothing when the vendor took the cancellation. 409 is its word for "too late"."""
    if answer.good:
        return None
    if answer.complete and answer.status in REFUSED | {HTTPStatus.CONFLICT}:
        return error(Refused, answer, vendor, "The vendor did not cancel it. Look at where it stands and try again.")
    return error(Unavailable, answer, vendor, "It is not clear whether this was cancelled. Look at where it stands.")


def understood(answer: Answer, parse: Callable[[Body], Found]) -> Found | Answer:
    """What the parser makes of it, or the same answer with the reason why not."""
    try:
        return parse(answer.json)
    # A good answer was paid for, so nothing that a vendor sends may end in anything but a class of the table.
    except Exception as problem:
        why = problem if isinstance(problem, Unreadable) else ""
        reason = f"{type(problem).__name__}: {why}".removesuffix(": ")
        return replace(answer, reason=reason)


def error(
    kind: type[ProviderError], answer: Answer, vendor: Vendor, sentence: str, *, retryable: bool = False
) -> ProviderError:
    """The vendor's own sentence stands where the vendor decided; what we do not know is said in our words."""
    code, message, said = words(answer, vendor)
    return kind(
        said if said and kind in {Refused, NotCreated} else sentence,
        status=answer.status,
        code=code,
        message=message,
        request_id=request_id(answer, readable(answer)),
        retry_after=retry_after(answer),
        retryable=retryable,
        reason=answer.reason,
        raw=answer.raw.decode("utf-8", "replace")[:RAW_CHARACTERS],
    )


def words(answer: Answer, vendor: Vendor) -> tuple[str, str, str]:
    """The code, message and sentence of an error answer."""
    if answer.status is None or answer.good:
        return "", "", ""
    try:
        return vendor.refusal(answer.status, readable(answer))
    # The class is decided already; a body that the vendor's file did not expect must not hide it.
    except Exception:
        return "", "", ""


def readable(answer: Answer) -> Body:
    found = understood(answer, dict)
    return {} if isinstance(found, Answer) else found
