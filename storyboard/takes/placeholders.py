"""The made-up links of an approved body, and how real ones take their place when it is sent.

What a person approves cannot hold links that are only made when the shot is sent; everything else in it stays as it is.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from storyboard.boards.asks import PREVIEW
from storyboard.providers.base import Body

OPENING = PREVIEW.opening
TAIL = PREVIEW.tail
CALLBACK = "https://callback.invalid/"
# Where a person's own words stand; whoever types one of the links above there has typed words.
WORDS = frozenset({"prompt", "text"})


def written(body: Body) -> str:
    """The one way in which a body becomes text: what is approved, and what is sent."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def filled(asked: str, links: Mapping[str, str]) -> str:
    """The same body with real links. ValueError when one is missing, or when more than links would be different."""
    body = replaced(json.loads(asked), links)
    text = written(body)
    back = written(replaced(body, {real: made_up for made_up, real in links.items()}))
    if back != asked:
        raise ValueError("What would be sent is not what was approved.")
    if left := sorted(name for name in strings(body) if is_made_up(name)):
        raise ValueError(f"No link for {left[0]}.")
    return text


def replaced(value: Any, links: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: one if name in WORDS else replaced(one, links) for name, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, links) for one in value]
    return links.get(value, value) if isinstance(value, str) else value


def strings(value: Any) -> list[str]:
    """Every text but people's own words."""
    if isinstance(value, dict):
        return [found for name, one in value.items() if name not in WORDS for found in strings(one)]
    if isinstance(value, list):
        return [found for one in value for found in strings(one)]
    return [value] if isinstance(value, str) else []


def is_made_up(link: str) -> bool:
    return link in {OPENING, TAIL, CALLBACK} or link.startswith("https://reference.invalid/")
