"""What a card shows of what became of its shot. Boards know no takes: the function in settings.CARD_STATES makes these.

The pages of a board show them; without such a function every shot is a draft.
"""

from typing import NamedTuple


class Status(NamedTuple):
    """Everything is text or a number, so that cards which look the same are drawn once."""

    # What the card is called in CSS; empty for a draft.
    name: str = ""
    word: str = "Draft"
    # The colour of the word: done, busy, stale or fail.
    dot: str = ""
    # Why, and what to do next; empty when the word says it all.
    detail: str = ""
    percent: int | None = None
    # Where nobody tells how far it is: when it began (seconds since 1970) and how long it usually takes.
    since: int = 0
    typical: int = 0
    # The address of a picture of its take.
    poster: str = ""
    # “take 2/3”, and what was held or paid instead of what it would cost.
    take: str = ""
    take_id: str = ""
    price: str = ""
    # No take, or one that is out of date, and nothing under way: Render asks for these.
    to_render: bool = True
    is_stale: bool = False
    # A person has to say something before it goes on.
    decide: bool = False
    # The id of the shot at whose takes somebody has to do something for this one to go on, and what.
    look: str = ""
    to_do: str = ""
    # On the joint in front of it: how far its opening is from what it opens on, in a figure and a sentence.
    drift: str = ""
    drift_said: str = ""
    drift_high: bool = False


DRAFT = Status()
