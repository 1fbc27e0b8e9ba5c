"""Pictures that came inside a request body are kept as files; the body keeps only a name for each.

The actions shorten a body before it is stored; inputs.py and scene.py find the file by the same name.
"""

import hashlib
from typing import Any

from storyboard.providers.rules import is_data

# A name looks like the start of what it stands for, so that the rules still see what it is.
NAMED = "data:sha256,"


def short(url: str) -> str:
    """The URL itself, or the name of what is written out in it."""
    if not is_data(url) or url.startswith(NAMED):
        return url
    return NAMED + hashlib.sha256(url.encode()).hexdigest()


def shortened(value: Any) -> Any:
    """The same JSON with each data: URL replaced by its name."""
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value]
    return short(value) if isinstance(value, str) else value
