"""What can go wrong with a vendor, sorted by what may be done next; each error carries a sentence for people.

The client in providers/http.py raises them, the vendors' parsers raise Unreadable; tasks and connections catch them.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import timedelta


class Unreadable(ValueError):
    """A vendor's answer does not have the shape that its documentation gives."""


@dataclass(eq=False, repr=False)
class ProviderError(Exception):
    """Everything but the sentence is for the log and for whoever has to find out what happened."""

    sentence: str
    _: KW_ONLY
    # The vendor's HTTP status, or None when no answer came.
    status: int | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
    # How long the vendor asked us to wait.
    retry_after: timedelta | None = None
    # The same request may be sent again later, without anyone deciding so.
    retryable: bool = False
    # What broke, in a programmer's words: "ReadTimeout: timed out".
    reason: str = ""
    # The beginning of the answer, as far as it came.
    raw: str = ""

    def __str__(self) -> str:
        return self.sentence


class NotCreated(ProviderError):
    """Proved: the vendor did not take the request, so nothing was created and nothing is charged."""


class Refused(ProviderError):
    """The vendor said no, in a way that it documents. Nothing was created; the same request would be refused again."""


class Unknown(ProviderError):
    """The vendor may or may not have created the task and charged for it. Never send the request again on your own."""


class Unavailable(ProviderError):
    """A free question got no usable answer. Nothing has changed; ask again later."""
