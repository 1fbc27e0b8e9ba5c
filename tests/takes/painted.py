"""Real clips as selected takes, without a vendor: painted here, chained as their joints say, kept in the storage.

`painted(board, folder)` does it for every shot, `paint(shot, folder)` for one; what plays the cut is tried with them.
"""

import io
import secrets
from decimal import Decimal
from pathlib import Path

from storyboard.boards.models import Board, Joint, Shot
from storyboard.media.models import Kind
from storyboard.media.storage import store
from storyboard.rendering.animatic import Plan, render
from storyboard.rendering.poster import posters
from storyboard.rendering.stage import FPS
from storyboard.takes.models import Take
from tests.takes import make

Size = tuple[int, int]


def painted(board: Board, folder: Path, *, size: Size = (256, 144), seconds: int = 1, audio: bool = True) -> list[Take]:
    made: list[Take] = []
    for shot in make.shots_of(board):
        before = made[-1] if shot.joint == Joint.CONTINUE else None
        made.append(paint(shot, folder, size=size, seconds=seconds, audio=audio, before=before))
    return made


def paint(
    shot: Shot,
    folder: Path,
    *,
    size: Size = (256, 144),
    seconds: int = 1,
    audio: bool = True,
    before: Take | None = None,
) -> Take:
    """`before`: the take on whose last frame it opens, painted in the same folder."""
    own = folder / f"shot-{shot.pk}"
    opening = folder / f"shot-{before.shot_id}" / "last.png" if before else None
    width, height = size
    facts = {"width": width, "height": height, "seconds": seconds, "audio": audio}
    clip = render(Plan(prompt=shot.prompt, folder=own, opening=opening, **facts)).video  # type: ignore[arg-type]
    keys = {"poster_key": f"t/{secrets.token_hex(8)}", "small_key": f"t/{secrets.token_hex(8)}"}
    for key, picture in zip(keys.values(), posters(clip, own, widths=[1280, 480]), strict=True):
        store().put(key, io.BytesIO(picture.read_bytes()), "image/webp")
    kept = {"width": width, "height": height, "seconds": Decimal(seconds), "fps": Decimal(FPS)}
    file = make.file(shot.board.team, clip.read_bytes(), kind=Kind.VIDEO, **kept, **keys)
    return make.selected(shot, clip=file, upstream=before, upstream_ms=before.hand_off_ms if before else None)
