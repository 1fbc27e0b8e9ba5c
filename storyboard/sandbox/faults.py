"""What can go wrong on purpose: words in a prompt, or switches of a key. Nothing here acts; it says what was asked.

The API's views, the actions, the renderer and the files' view ask here; the team's page shows the table.
"""

import re
from typing import NamedTuple

from storyboard.sandbox.models import Key


class Fault(NamedTuple):
    """One thing that can go wrong: its word after “sandbox:”, one sentence, and what a “=” after it means."""

    name: str
    sentence: str
    meaning: str = ""
    value: str = ""
    example: str = ""
    # What it is when nothing follows.
    usual: str = ""


class Group(NamedTuple):
    label: str
    faults: tuple[Fault, ...]


CODE, SECONDS = r"[\w.-]{1,80}", r"\d{1,4}"
GROUPS = (
    Group(
        "The answer to a request",
        (
            Fault("refused", "The vendor’s check refuses what is asked for; nothing is charged."),
            Fault("busy", "The vendor is busy and says when to come back.", "in so many seconds", SECONDS, "30", "5"),
            Fault("no-credits", "The account has no credit left, whatever the key holds."),
            Fault("unavailable", "The vendor is down: nothing is created."),
            Fault("lost-answer", "The task is created and charged, but its answer is lost on the way back."),
            Fault("slow-answer", "The answer comes late.", "after so many seconds", SECONDS, "20", "5"),
        ),
    ),
    Group(
        "The generation",
        (
            Fault("fail", "It fails at its end and is refunded.", "with this code", CODE, "80007"),
            Fault("fallback", "The first attempt fails; the second one makes the clip, at its own price."),
            Fault("slow", "It takes ten times as long."),
            Fault("hang", "It starts and never ends, until the vendor gives up after two days."),
            Fault("stay-queued", "It never starts, so that it can be cancelled where the vendor allows that."),
        ),
    ),
    Group(
        "The callbacks",
        (
            Fault("no-callbacks", "None is sent."),
            Fault("double-callbacks", "Each is sent twice."),
            Fault("late-callbacks", "They come well after what they tell."),
            Fault("shuffled-callbacks", "The one about the end comes first, the earlier ones after it."),
        ),
    ),
    Group(
        "The result",
        (
            Fault("expired-link", "Its links have already run out."),
            Fault("no-last-frame", "The last frame is left out although it was asked for."),
            Fault("wrong-type", "The clip is sent as if it were a web page."),
            Fault("huge-file", "The clip is 10 GB of nothing."),
        ),
    ),
)
FAULTS = {fault.name: fault for group in GROUPS for fault in group.faults}
# A value ends on a letter or digit, so that a full stop after the word stays the sentence's own.
WORD = re.compile(r"(?<![\w:])sandbox:([a-z]+(?:-[a-z]+)*)(?:=(\w(?:[\w.-]*\w)?))?(?![\w-])", re.IGNORECASE)


def read(prompt: str, key: Key) -> dict[str, str]:
    """The faults asked for, name -> value or nothing; the prompt's go before the key's own."""
    standing = {name: str(value) for name, value in key.faults.items() if name in FAULTS}
    words = {found[1].lower(): found[2] or "" for found in WORD.finditer(prompt) if found[1].lower() in FAULTS}
    return {name: fitting(FAULTS[name], value) for name, value in (standing | words).items()}


def fitting(fault: Fault, value: str) -> str:
    """The value, or the usual one where it is none that this fault takes."""
    return value if fault.value and re.fullmatch(fault.value, value, re.ASCII) else fault.usual


def without(prompt: str) -> str:
    """The prompt as it is to be seen; a word that is no fault stays, so that a slip of the pen shows."""
    if not WORD.search(prompt):
        return prompt
    kept = WORD.sub(lambda found: "" if found[1].lower() in FAULTS else found[0], prompt)
    return re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", " ".join(kept.split()))
