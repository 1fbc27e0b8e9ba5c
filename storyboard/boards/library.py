"""What a draft calls its references, found in the team's library: by content, by address, by key or by name.

Imports ask it for each shot. What is not there is said, and the shot is made without it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from storyboard.boards.formats.draft import DraftReference
from storyboard.media.models import Kind, Reference
from storyboard.teams.models import Team


class Listener(Protocol):
    def say(self, sentence: str) -> None: ...


class Library:
    def __init__(self, team: Team, entries: Sequence[DraftReference], given: Mapping[str, Reference]) -> None:
        """`given`: what an import has just made for some of the entries, by their ids in the draft."""
        rows = list(Reference.objects.filter(team=team, deleted_at=None).select_related("file").order_by("pk"))
        self.known: dict[str, Reference] = {row.name.casefold(): row for row in rows}
        self.known |= {row.public_id: row for row in rows}
        self.known |= {key: row for row in rows if (key := content_of(row))}
        # Two entries may show the same file under two names.
        self.named = {(content_of(row), row.name): row for row in rows}
        self.entries = {entry.id: entry for entry in entries}
        self.given = given

    def find(self, name: str) -> Reference | None:
        entry = self.entries.get(name)
        if entry is None:
            return self.known.get(name) or self.known.get(name.casefold())
        return self.given.get(name) or self.of(entry)

    def of(self, entry: DraftReference) -> Reference | None:
        """By what it shows; the name decides only between two that show the same."""
        content = entry.sha256 or entry.address
        return (self.named.get((content, entry.name)) or self.known.get(content)) if content else None

    def all(self, names: Sequence[str], number: int, listener: Listener) -> list[int]:
        found = [(name, self.find(name)) for name in names]
        for name, row in found:
            if row is None:
                listener.say(f"Shot {number} is made with “{self.called(name)}”, which is not in the library.")
        return list(dict.fromkeys(row.pk for _, row in found if row))

    def picture(self, name: str, number: int, listener: Listener) -> Reference | None:
        row = self.find(name) if name else None
        if name and (row is None or row.kind != Kind.IMAGE):
            listener.say(f"Shot {number} lands on “{self.called(name)}”, which is no picture of the library.")
            return None
        return row

    def called(self, name: str) -> str:
        return self.entries[name].name if name in self.entries else name


def content_of(row: Reference) -> str:
    return row.asset_uri or (row.file.sha256 if row.file else "")
