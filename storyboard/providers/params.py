"""What is wrong with the plain fields of a request body, told from the catalog's rows.

EvoLink's and Ark's rules use it; the words and codes are theirs.
"""

import json
from collections.abc import Iterable, Iterator

from storyboard.providers.base import Body
from storyboard.providers.catalog import Param
from storyboard.providers.rules import is_whole

# What a field carries, as the pages of this app call it: nobody chooses an “aspect_ratio” there.
SAID = {
    "prompt": "prompt",
    "seconds": "length",
    "ratio": "shape",
    "resolution": "size",
    "audio": "sound",
    "seed": "seed",
    "search": "web search",
    "safety": "content filter",
    "opening": "opening frame",
}


def said(param: Param) -> str:
    """The field in a sentence for people; one that carries nothing of ours keeps its own name."""
    return f"the {SAID[param.carries]}" if param.carries in SAID else f"“{param.name}”"


def faults(body: Body, params: Iterable[Param]) -> Iterator[tuple[Param, str]]:
    """Each field that is missing, of a wrong type, none of its choices or out of its range; in the rows' order."""
    for param in params:
        value = body.get(param.name)
        if value is None or value in ("", []):
            if param.required:
                yield param, f"{param.name} is required"
        elif why := misfit(value, param):
            yield param, f"{param.name} must be {why}"


def misfit(value: object, param: Param) -> str:
    """What the value should have been; nothing when it fits."""
    if not is_type(value, param.type):
        return TYPES[param.type]
    if param.choices and value not in param.choices:
        return "one of " + ", ".join(str(choice) for choice in param.choices)
    if is_whole(value) and param.low is not None and param.high is not None:
        return "" if param.low <= int(str(value)) <= param.high else f"between {param.low} and {param.high}"
    return ""


TYPES = {
    "string": "a string",
    "integer": "an integer",
    "boolean": "true or false",
    "strings": "an array of strings",
    "objects": "an array of objects",
    "object": "an object",
}


def is_type(value: object, name: str) -> bool:
    if name == "integer":
        return is_whole(value)
    if name in {"strings", "objects"}:
        inner = str if name == "strings" else dict
        return isinstance(value, list) and all(isinstance(item, inner) for item in value)
    return isinstance(value, {"string": str, "boolean": bool, "object": dict}[name])


def size(body: Body) -> int:
    """The bytes of a body on its way."""
    return len(json.dumps(body, ensure_ascii=False).encode(errors="replace"))
