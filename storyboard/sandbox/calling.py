"""Ring a customer's doorbell: one POST to an address that a customer gave, under the rules of reach.py.

tasks.ring calls it, with no transaction open.
"""

import json
import time

import httpx

from storyboard import pinned
from storyboard.providers.base import Body
from storyboard.sandbox.reach import policy

HEADERS = {"Content-Type": "application/json"}


def call(url: str, body: Body, seconds: float) -> int | None:
    """The status that came back in time, or None. The answer's body is nobody's business and is not read."""
    text = json.dumps(body).encode()
    try:
        with (
            pinned.client(policy(), timeout=seconds, until=time.monotonic() + seconds) as client,
            client.stream("POST", url, content=text, headers=HEADERS) as response,
        ):
            return response.status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
