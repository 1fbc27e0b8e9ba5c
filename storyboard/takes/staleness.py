"""Whether a take still shows what its shot asks for, and if not, why, in words. Pure: everything is handed in.

Plans, pages and the command line ask here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from storyboard.boards.asks import Ask
from storyboard.boards.models import Joint, Shot
from storyboard.takes.models import Take

# What people call the parts of a request; a part without a name here is none of their doing.
NAMES = {
    "prompt": "the prompt",
    "seconds": "the length",
    "ratio": "the shape",
    "resolution": "the size",
    "audio": "the sound",
    "seed": "the seed",
    "search": "the web search",
    "safety": "the safety check",
    "fallback": "the second attempt",
    "exact": "how exactly it opens",
    "landing": "the picture that it lands on",
    "references": "the references",
    "files": "the files of the references",
    "joint": "how it opens",
    "model": "the model",
}


def snapshot(ask: Ask) -> dict[str, Any]:
    """What a take is made from, to be kept with it and compared with later."""
    request = asdict(ask.request)
    kept = {name: request[name] for name in NAMES if name in request}
    pictures = [row.reference for row in ask.shot.references.all()] + ([ask.shot.landing] if ask.shot.landing else [])
    kept["files"] = sorted(one.file.sha256 for one in pictures if one.file)
    kept["joint"] = str(ask.shot.joint)
    kept["model"] = ask.model.id if ask.model else ""
    found: dict[str, Any] = json.loads(json.dumps(kept, default=str))
    return found


def reasons(take: Take, ask: Ask, before: Take | None, *, before_is_stale: bool = False) -> list[str]:
    """Why it is out of date; nothing when it is not, or when somebody chose to keep it as it is.

    `before`: the selected take of the shot that this one opens on now.
    """
    if take.kept_against and take.kept_against == signature(ask, before):
        return []
    found = [f"{NAMES[name]} was changed" for name in changed(take.request, snapshot(ask))]
    if ask.shot.joint == Joint.CUT:
        return found
    if take.follows_id != ask.shot.joint_from_id:
        return [*found, "it opens on another shot now"]
    return found + [because for because in [upstream(take, before, ask.shot.joint_from, before_is_stale)] if because]


def changed(kept: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """An uploaded take was made from nothing that could change."""
    return [name for name in NAMES if kept and kept.get(name) != now.get(name)]


def upstream(take: Take, before: Take | None, shot: Shot | None, before_is_stale: bool) -> str:
    name = f"shot {shot.position}" if shot else "the shot before"
    if take.upstream_id is None or before is None:
        return ""
    if before.pk != take.upstream_id:
        return f"{name} has another take selected"
    if before.hand_off_ms != take.upstream_ms:
        return f"{name} hands over at another moment"
    return f"{name} is out of date itself" if before_is_stale else ""


def signature(ask: Ask, before: Take | None) -> str:
    """What “keep it” is said against: with the next change of any of it the take is out of date again."""
    stands = [snapshot(ask), before.pk if before else None, before.hand_off_ms if before else None]
    return hashlib.sha256(json.dumps(stands, sort_keys=True).encode()).hexdigest()
