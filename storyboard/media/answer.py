"""What the jailed process may say, and nothing else. jail.py reads its line with this."""

import re
import stat
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from storyboard.rendering.looks import MOST_FRAMES
from storyboard.rendering.probe import Facts, Kind
from storyboard.rendering.span import MOST_FRAMES as MOST_TIMES

NAME = re.compile(r"(poster-[0-9]{1,5}|clean|trimmed|frame)\.(png|jpeg|webp|mp4|mov|webm|wav|mp3)")
# A sentence is shown to people; control characters have no place in it.
Sentence = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,40}$")]
Whole = Annotated[int, Field(ge=0, le=1 << 53)]
Figure = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
# The colours of a few fields of a picture, see rendering/looks.py.
Mosaic = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{96}$")]
Number = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
# One frame, in the order of a Look.
Seen = tuple[Whole, Figure, Figure, Figure, Figure, Mosaic]


class Found(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    format: Word
    size: Whole
    seconds: Number | None
    width: Whole | None
    height: Whole | None
    fps: Number | None
    video_codec: Word
    audio_codec: Word
    picture_from: Number | None
    picture_to: Number | None
    frames: Annotated[tuple[Whole, ...], Field(max_length=MOST_TIMES)]

    def plain(self) -> Facts:
        return Facts(**dict(self))


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    problem: Sentence = ""
    crash: Annotated[str, Field(max_length=1000)] = ""
    memory: bool = False
    facts: Found | None = None
    files: Annotated[tuple[str, ...], Field(max_length=8)] = ()
    peaks: Annotated[tuple[Annotated[int, Field(ge=0, le=100)], ...], Field(max_length=2000)] = ()
    looks: Annotated[tuple[Seen, ...], Field(max_length=MOST_FRAMES)] = ()
    walls: Annotated[tuple[Word, ...], Field(max_length=8)] = ()


def made(folder: Path, name: str) -> Path:
    """A file that the process made, by one of the names that it may give: no link, and no way out of the folder."""
    path = folder / name
    if not NAME.fullmatch(name) or not path.exists() or not stat.S_ISREG(path.lstat().st_mode):
        raise ValueError(name)
    return path
