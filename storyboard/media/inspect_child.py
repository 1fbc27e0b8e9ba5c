"""The process that opens a stranger's file: it builds the walls around itself, does one task, says one line, and ends.

jail.py starts it as a program. No Django here, and nothing else that is not needed to read media.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from storyboard.media import walls

Answer = dict[str, Any]


def main(request: Answer, answer_to: int) -> None:
    walls.die_with(request["parent"])
    up = walls.cut_off()
    # What the task needs is loaded before the walls are closed: most of it is native code.
    task = TASKS[request["task"]]()
    walls.lower(walls.Limits(**request["limits"]))
    path, folder = Path(request["path"]), Path(request["folder"])
    up += walls.shut_in([path], [folder] if request["limits"]["file_size"] else [])
    answer = safely(task, path, folder, request["options"])
    os.write(answer_to, json.dumps(answer | {"walls": up}, default=str).encode() + b"\n")


def safely(task: Callable[..., Answer], path: Path, folder: Path, options: Answer) -> Answer:
    from storyboard.rendering.probe import Unreadable

    try:
        return task(path, folder, **options)
    except Unreadable as error:
        return {"problem": str(error)}
    except MemoryError:
        return {"memory": True}
    except Exception as error:  # whatever a decoder stumbled over, a person gets a sentence and the log gets this
        return {"crash": f"{type(error).__name__}: {error}"[:500]}


def inspect() -> Callable[..., Answer]:
    from storyboard.rendering import check

    def run(path: Path, _folder: Path) -> Answer:
        return {"facts": asdict(check.inspect(path))}

    return run


def poster() -> Callable[..., Answer]:
    import numpy  # noqa: F401 (a frame becomes a picture by it)

    from storyboard.rendering.poster import posters

    def run(path: Path, folder: Path, **options: Any) -> Answer:
        return {"files": [made.name for made in posters(path, folder, **options)]}

    return run


def waveform() -> Callable[..., Answer]:
    from storyboard.rendering.wave import peaks

    def run(path: Path, _folder: Path, **options: Any) -> Answer:
        return {"peaks": peaks(path, **options)}

    return run


def reencode() -> Callable[..., Answer]:
    from storyboard.rendering import check, pictures, sniff

    def run(path: Path, folder: Path) -> Answer:
        found = sniff.sniff(path)
        made = folder / f"clean.{found.name}"
        pictures.reencode(path, found, made)
        return {"files": [made.name], "facts": asdict(check.inspect(made))}

    return run


def frame() -> Callable[..., Answer]:
    import numpy  # noqa: F401 (a frame becomes a picture by it)

    from storyboard.rendering.still import still

    def run(path: Path, folder: Path, **options: Any) -> Answer:
        return {"files": [still(path, folder, **options).name]}

    return run


def trim() -> Callable[..., Answer]:
    from storyboard.rendering.trim import trim as part

    def run(path: Path, folder: Path, **options: Any) -> Answer:
        return {"files": [part(path, folder, **options).name]}

    return run


def measure() -> Callable[..., Answer]:
    from storyboard.rendering import compare

    def run(path: Path, _folder: Path) -> Answer:
        return {"looks": compare.measure(path)}

    return run


# Each is a function that loads what its task needs, and gives the task.
TASKS: dict[str, Callable[[], Callable[..., Answer]]] = {
    "inspect": inspect,
    "poster": poster,
    "waveform": waveform,
    "reencode": reencode,
    "frame": frame,
    "trim": trim,
    "measure": measure,
}


if __name__ == "__main__":
    # Whatever native code prints must not stand in the answer.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    main(json.loads(sys.argv[1]), answer_to)
