"""What differs between the requests of two takes: part by part, and of their prompts word by word. Pure.

The page that shows them side by side asks here.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from storyboard.takes.models import Take
from storyboard.takes.phrases import LABELS, Named, said

# Longer prompts are shown whole: looking for what changed in them would take a second or more.
MOST_WORDS = 2_000
# A word or a mark with the space before it; the space by itself is no difference.
PARTS = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")


class Piece(NamedTuple):
    """Some words of a prompt, and whether the other prompt lacks them."""

    text: str
    own: bool


class Difference(NamedTuple):
    label: str
    a: Sequence[Piece]
    b: Sequence[Piece]


def differences(a: Take, b: Take, named: Named) -> list[Difference]:
    """Nothing of a clip that somebody uploaded: it was made from no request."""
    if not (a.request and b.request):
        return []
    found = []
    for name, label in LABELS.items():
        one, other = part(a, name), part(b, name)
        if one == other:
            continue
        if name == "prompt":
            found.append(Difference(label, *words(str(one or ""), str(other or ""))))
        else:
            found.append(plain(label, said(name, one, named), said(name, other, named)))
    return found + [each for each in (sent_to(a, b), opened_on(a, b)) if each]


def part(take: Take, name: str) -> Any:
    return take.model if name == "model" else take.request.get(name)


def plain(label: str, a: str, b: str) -> Difference:
    return Difference(label, [Piece(a, own=False)], [Piece(b, own=False)])


def sent_to(a: Take, b: Take) -> Difference | None:
    if a.connection_id == b.connection_id:
        return None
    return plain("Connection", str(a.connection), str(b.connection))


def opened_on(a: Take, b: Take) -> Difference | None:
    """The same words with another frame to begin on are another request."""
    if (a.upstream_id, a.upstream_ms) == (b.upstream_id, b.upstream_ms):
        return None
    return plain("Opened on", opening(a), opening(b))


def opening(take: Take) -> str:
    """“shot 1, take 2 at 3.5 s”"""
    if take.upstream is None:
        return "No other take"
    where = f"shot {take.upstream.shot.position}, take {take.upstream.number}"
    return where if take.upstream_ms is None else f"{where} at {take.upstream_ms / 1000:g} s"


def words(a: str, b: str) -> tuple[list[Piece], list[Piece]]:
    """Both prompts in pieces; put together again each is what it was."""
    one, other = PARTS.findall(a), PARTS.findall(b)
    if max(len(one), len(other)) > MOST_WORDS:
        return [Piece(a, own=False)], [Piece(b, own=False)]
    left: list[Piece] = []
    right: list[Piece] = []
    bare = [word.strip() for word in one], [word.strip() for word in other]
    for what, i, j, k, n in SequenceMatcher(None, *bare, autojunk=False).get_opcodes():
        left += [Piece("".join(one[i:j]), what != "equal")] if i < j else []
        right += [Piece("".join(other[k:n]), what != "equal")] if k < n else []
    return left, right
