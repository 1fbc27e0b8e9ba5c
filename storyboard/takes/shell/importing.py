"""`board import`: a film from a file or from standard input; local pictures, clips and sounds join the library.

Files are looked for beside the imported one, or in the folder that is named, and nowhere else: an import may come from
a stranger, and must not fetch what its author guesses to be on this machine.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storyboard.boards.formats import bundle, fountain, table, text
from storyboard.boards.formats.archive import MEDIA
from storyboard.boards.formats.draft import DraftBoard, DraftReference, Setting
from storyboard.boards.formats.kinds import kind_of
from storyboard.boards.formats.limits import MOST_BYTES, checked, filled
from storyboard.connections.models import Connection
from storyboard.connections.queries import usable
from storyboard.connections.vendors import models_at
from storyboard.media.bring import bring
from storyboard.media.models import Reference
from storyboard.takes.shell.names import connection_named
from storyboard.teams.models import Team, User
from storyboard.teams.shell import Options, Usage

KINDS = ("text", "screenplay", "table", "bundle")
# Where vendors keep things; no paths.
ASSET = "asset:"
ZIP = b"PK\x03\x04"
TOLD_BOARD = ("seconds", "ratio", "resolution", "seed")
SWITCHES = ("audio", "search", "safety", "fallback")


@dataclass
class Read:
    """What came of a file; `folder` is where the files that it names may be."""

    draft: DraftBoard
    name: str
    folder: Path
    remarks: list[str] = field(default_factory=list)
    # The names of library entries that local files became, by the words in the file.
    brought: dict[str, Reference] = field(default_factory=dict)


def read(options: Options) -> Read:
    source = options["file"]
    data = bytes_of(source)
    folder = Path(options["files"] or (Path() if source == "-" else Path(source).parent))
    if not folder.is_dir():
        raise Usage(f"{folder} is no folder. Name the one that holds the pictures with --files.")
    readers: Mapping[str, Callable[[bytes, str], tuple[DraftBoard, list[str]]]] = {
        "text": lambda data, encoding: (filled(text.read(data, encoding)), []),
        "screenplay": lambda data, encoding: (filled(fountain.read(data, encoding)), []),
        "table": from_table,
        "bundle": lambda data, _: (bundle.read(data), []),
    }
    if data.startswith(ZIP):
        raise Usage("This is a ZIP. Unpack it and import the board.json in it; its media are found beside that.")
    name = "" if source == "-" else Path(source).name
    draft, remarks = readers[options["kind"] or kind_of(name, data)](data, options["encoding"])
    draft.name = options["name"] or draft.name
    return Read(draft, Path(name).stem, folder, remarks)


def bytes_of(source: str) -> bytes:
    """No more of it than a board may have: the reader then says that it is too large."""
    try:
        if source == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(source).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Usage(f"Cannot read {source}: {error.strerror}.") from None


def from_table(data: bytes, encoding: str) -> tuple[DraftBoard, list[str]]:
    draft, remarks = table.read(table.columns(data, encoding=encoding))
    return draft, [str(one) for one in remarks]


def choose(found: Read, options: Options, team: Team) -> None:
    """What the command's words say of the whole board; the shots' own settings stay."""
    own = found.draft.settings
    known = {one.name.casefold(): one.public_id for one in usable(team)}
    for settings in (own, *(shot.settings for shot in found.draft.shots)):
        by_name(settings, known)
    if options["connection"]:
        chosen = connection_named(team, options["connection"])
        own |= {"connection": chosen.public_id, "model": model_at(chosen, options["model"])}
    elif options["model"]:
        raise Usage("Which connection has that model? Write --connection as well.")
    own |= {name: options[name] for name in (*TOLD_BOARD, *SWITCHES) if options[name] is not None}
    checked(found.draft)


def by_name(settings: dict[str, Setting], known: Mapping[str, str]) -> None:
    """A file may call a connection by its name."""
    named = settings.get("connection")
    if isinstance(named, str) and named.casefold() in known:
        settings["connection"] = known[named.casefold()]


def model_at(connection: Connection, name: str) -> str:
    models = [model.id for model in models_at(connection.vendor, connection.base_url)]
    if name and name not in models:
        raise Usage(f"{connection} has no model “{name}”. Choose one of: {', '.join(models)}.")
    return name or models[0]


def bring_files(found: Read, team: Team, by: User) -> None:
    """Every local file that a shot names, once, into the library; the draft then names the library's entries."""
    entries = {entry.id: entry for entry in found.draft.references}
    for name in dict.fromkeys(names_in(found.draft)):
        path = None if is_known(team, entries.get(name)) else local(found, entries.get(name), name)
        if path is not None:
            found.brought[name] = bring(team, path, by=by)
    for name, reference in found.brought.items():
        if name in entries:
            entries[name].sha256 = reference.file.sha256 if reference.file else ""
            entries[name].address = ""
    renamed = {name: one.public_id for name, one in found.brought.items() if name not in entries}
    for shot in found.draft.shots:
        shot.landing = renamed.get(shot.landing, shot.landing)
        shot.references = [renamed.get(one, one) for one in shot.references]


def is_known(team: Team, entry: DraftReference | None) -> bool:
    """The very bytes that the file speaks of are in the library already."""
    rows = Reference.objects.filter(team=team, deleted_at=None)
    return entry is not None and bool(entry.sha256) and rows.filter(file__sha256=entry.sha256).exists()


def names_in(draft: DraftBoard) -> Iterator[str]:
    for shot in draft.shots:
        yield from shot.references
        if shot.landing:
            yield shot.landing


def unpacked(root: Path, entry: DraftReference) -> list[str]:
    """Where the medium lies in a ZIP that somebody unpacked. Its sum was checked to be digits and letters."""
    return [f"{MEDIA}/{path.name}" for path in (root / MEDIA).glob(f"{entry.sha256}*")] if entry.sha256 else []


def local(found: Read, entry: DraftReference | None, name: str) -> Path | None:
    """The file that is meant, when it lies in the folder."""
    root = found.folder.resolve()
    for word in [name] if entry is None else [entry.address, entry.file_name, entry.name, *unpacked(root, entry)]:
        if not word or word.startswith(ASSET):
            continue
        try:
            path = (root / word).resolve()
            is_there = path.is_file()
        except (OSError, ValueError):
            # Longer than a path may be, or with a null in it: a name, then.
            continue
        if is_there and path.is_relative_to(root):
            return path
        if is_there:
            found.remarks.append(f"{word} lies outside {found.folder}, so it was left alone. Name its folder: --files.")
    return None
