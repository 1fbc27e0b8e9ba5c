"""Many files through few processes: the jail's own walls and its own task, without a new process for each file.

`inspect_all(paths, folder)` gives a sentence or facts for each. When a process ends early, the file that it ended at
is put through the real jail, alone, and the rest go on in a new one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from storyboard.media import inspect_child, jail, walls

AT_ONCE = 60


def inspect_all(paths: list[Path], folder: Path) -> list[str]:
    """What is wrong with each file; nothing where it is taken."""
    said: list[str] = []
    while len(said) < len(paths):
        part = paths[len(said) : len(said) + AT_ONCE]
        told = batch(part, folder)
        said += told
        if len(told) < len(part):
            said.append(jail.run("inspect", part[len(told)], folder).problem)
    return said


def batch(paths: list[Path], folder: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.media.batch", json.dumps([str(folder), *map(str, paths)])]
    with subprocess.Popen(command, cwd=jail.ROOT, env=jail.GIVEN, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return [json.loads(line) for line in process.stdout if line.endswith(b"\n")]


def main(folder: Path, paths: list[Path]) -> None:
    walls.cut_off()
    task = inspect_child.inspect()
    limits = walls.Limits()
    walls.lower(limits)
    walls.shut_in([folder], [])
    for path in paths:
        answer: dict[str, Any] = inspect_child.safely(task, path, folder, {})
        problem = answer.get("problem") or (jail.BROKEN if "facts" not in answer else "")
        os.write(1, json.dumps(problem).encode() + b"\n")


if __name__ == "__main__":
    where, *files = json.loads(sys.argv[1])
    main(Path(where), [Path(file) for file in files])
