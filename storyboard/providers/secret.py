"""A vendor's key, wrapped so that it shows nowhere: not in logs, errors, tracebacks, templates or queued jobs.

Connections make one after decrypting; only the client's Authorization header reveals it.
"""

import re
from typing import Never

HIDDEN = "[hidden]"
# Checked here because a header's error message would quote a key that does not fit into one.
SHAPE = re.compile(r"[\x21-\x7e]{8,1024}")


class Secret:
    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not SHAPE.fullmatch(text):
            raise ValueError("This is no API key: a key has 8 or more letters, digits and signs, and no spaces.")
        self._text = text

    def reveal(self) -> str:
        return self._text

    def scrub(self, data: bytes) -> bytes:
        """The same bytes without the key; vendors do quote it back."""
        return data.replace(self._text.encode(), HIDDEN.encode())

    def __repr__(self) -> str:
        return HIDDEN

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __reduce__(self) -> Never:
        raise TypeError("A key is not put into a file or a queue.")
