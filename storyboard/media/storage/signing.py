"""Links to the local store that cannot be changed and that run out, of the shape that S3 signs.

`/media/<key>?expires=…&signature=…`: the signature covers the method, the key, every parameter, and for an upload the
headers it must come with. local.py signs, media/views/files.py verifies.
"""

import json
import time
from urllib.parse import parse_qsl, urlencode

from django.utils.crypto import constant_time_compare, salted_hmac

from storyboard.errors import DomainError

# A purpose of its own: no other signature made with SECRET_KEY is one of these.
SALT = "storyboard.media.storage"
MOST_FIELDS = 8


class Refused(DomainError):
    """The link is not one of ours, was changed, or ran out."""

    status = 403


def sign(
    method: str, key: str, fields: dict[str, str], *, seconds: int, headers: tuple[str, ...] = (), now: float = 0
) -> str:
    """The query that opens this key for a while. `headers` must come with the request as they are here."""
    pairs = [("expires", str(int((now or time.time()) + seconds))), *fields.items()]
    return urlencode([*pairs, ("signature", signature(method, key, pairs, headers))])


def verify(method: str, key: str, query: str, headers: tuple[str, ...] = (), now: float = 0) -> dict[str, str]:
    """The parameters of a link that still holds; Refused for every other."""
    try:
        *pairs, (name, given) = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused("This link is not complete. Reload the page it came from.") from None
    if name != "signature" or not constant_time_compare(given, signature(method, key, pairs, headers)):
        raise Refused("This link does not fit what was asked for. Reload the page it came from.")
    fields = dict(pairs)
    if (now or time.time()) >= int(fields["expires"]):
        raise Refused("This link has run out. Reload the page it came from.")
    return fields


def signature(method: str, key: str, pairs: list[tuple[str, str]], headers: tuple[str, ...]) -> str:
    # As JSON, so that no two requests read alike.
    message = json.dumps([method, key, pairs, headers])
    return salted_hmac(SALT, message, algorithm="sha256").hexdigest()
