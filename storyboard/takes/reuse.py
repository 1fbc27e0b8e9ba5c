"""Putting a take's settings back onto its shot: what would change, in words, and what cannot be put back any more.

The shelf's button and its verb ask here; boards.actions.put_fields does it, as one step.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from storyboard.boards.asks import OPENED, Ask, prompt_of
from storyboard.boards.choices import merged, model_for
from storyboard.boards.desk import follows
from storyboard.boards.fields import UNSET
from storyboard.boards.models import Joint, Shot
from storyboard.boards.views.shown import LABELS as SETTINGS
from storyboard.connections.models import Connection
from storyboard.media.models import Reference
from storyboard.takes.models import Take
from storyboard.takes.phrases import LABELS, links_in, references_of, said

LOOK = "The board’s look was another one then. It belongs to all shots, so it stays as it is now."
NEWER = "A reference shows another file than it did then. The shot gets the one of now."


class Changed(NamedTuple):
    label: str
    now: str
    then: str


@dataclass(slots=True)
class Reuse:
    """`values` as put_fields takes them; `rows` say the same to a person; `lost`: sentences."""

    values: dict[str, object] = field(default_factory=dict)
    rows: list[Changed] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """Who says yes says it to exactly this."""
        told = json.dumps([self.rows, self.lost, sorted(self.values)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def change(self, name: str, value: object, now: str, then: str) -> None:
        self.values[name] = value
        self.rows.append(Changed(LABELS[name], now, then))


def plan(take: Take, ask: Ask, connections: Mapping[str, Connection]) -> Reuse | None:
    """`ask`: what the shot asks for now; `connections`: those that may be rendered with. None of an uploaded clip."""
    if not take.request or take.connection is None:
        return None
    found = Planner(take, ask, connections)
    found.look_at_prompt()
    found.look_at_model()
    found.look_at_settings()
    found.look_at_joint()
    found.look_at_references()
    return found.reuse


class Planner:
    def __init__(self, take: Take, ask: Ask, connections: Mapping[str, Connection]) -> None:
        self.take, self.ask, self.connections = take, ask, connections
        self.request: dict[str, Any] = take.request
        self.shot = ask.shot
        self.named = references_of(self.shot.board.team, take.request)
        self.reuse = Reuse()

    def look_at_prompt(self) -> None:
        if "prompt" not in self.request:
            return
        words, look = str(self.request["prompt"]), self.shot.board.look.strip()
        own = str(self.request.get("words", words.removesuffix(f"\n\n{look}" if look else "")))
        if own.strip() != self.shot.prompt.strip():
            self.reuse.change("prompt", own, self.shot.prompt, own)
        if words != prompt_of(Shot(prompt=own, board=self.shot.board)):
            self.reuse.lost.append(LOOK)

    def look_at_model(self) -> None:
        """Where another account stepped in, the one that was chosen."""
        wanted, now = self.take.moved_from or self.take.connection, self.ask.connection
        there = self.connections.get(wanted.public_id) if wanted else None
        if there is None:
            self.reuse.lost.append(f"The connection {wanted} is switched off or deleted, so the shot keeps its own.")
        elif model_for(there, self.take.model) is None:
            self.reuse.lost.append(f"{there} has no model {self.take.model} any more, so the shot keeps its own.")
        elif (there, self.take.model) != (now, self.ask.model.id if self.ask.model else ""):
            values: dict[str, object] = {"connection": there.public_id, "model": self.take.model}
            board = self.shot.board.settings
            if all(board.get(name) == value for name, value in values.items()):
                values = dict.fromkeys(values, UNSET)
            then = f"{self.take.model} at {there}"
            self.reuse.change("model", values["model"], model_now(self.ask), then)
            self.reuse.values["connection"] = values["connection"]

    def look_at_settings(self) -> None:
        board = merged(self.shot.board.settings)
        for name in SETTINGS:
            now = getattr(self.ask.choices, name)
            then = self.request.get(name, now)
            if then != now:
                value = UNSET if getattr(board, name) == then else then
                self.reuse.change(name, value, said(name, now, {}), said(name, then, {}))

    def look_at_joint(self) -> None:
        how = Joint(self.request.get("joint", self.shot.joint))
        before = self.take.follows if how is not Joint.CUT else None
        if how is not Joint.CUT and (before is None or before.deleted_at):
            self.reuse.lost.append("The shot that it followed is gone, so how it opens stays.")
        elif before and self.is_circle(before):
            self.reuse.lost.append(f"Shot {before.position} follows this one now, so how it opens stays.")
        elif (how, before) != (self.shot.joint, self.shot.joint_from):
            value = [str(how), before.public_id if before else ""]
            self.reuse.change("joint", value, opens(self.shot.joint, self.shot.joint_from), opens(how, before))
        exact = self.request.get("exact", self.shot.exact)
        if how in OPENED and exact != self.shot.exact:
            self.reuse.change("exact", exact, said("exact", self.shot.exact, {}), said("exact", exact, {}))

    def is_circle(self, before: Shot) -> bool:
        links = Shot.objects.filter(board=self.shot.board, deleted_at=None).values_list("pk", "joint_from_id")
        return before.pk != self.shot.joint_from_id and follows(dict(links), before.pk, self.shot.pk)

    def look_at_references(self) -> None:
        had = [row.reference for row in self.shot.references.all()]
        links = links_in(self.request.get("references"))
        if "references" in self.request:
            wanted = self.kept(links, had)
            if [one.pk for one in wanted] != [one.pk for one in had]:
                ids = [one.public_id for one in wanted]
                self.reuse.change("references", ids, names(had), names(wanted))
            had = wanted
        landing = self.landing()
        files = sorted(one.file.sha256 for one in [*had, *([landing] if landing else [])] if one.file)
        if self.named and len(files) == len(self.request.get("files", [])) and files != self.request["files"]:
            self.reuse.lost.append(NEWER)

    def landing(self) -> Reference | None:
        link = self.request.get("landing", "")
        kept = self.kept([link], [self.shot.landing] if self.shot.landing else []) if link else []
        if kept and kept[0].pk != self.shot.landing_id:
            now = self.shot.landing.name if self.shot.landing else "None"
            self.reuse.change("landing", kept[0].public_id, now, kept[0].name)
        return kept[0] if kept else None

    def kept(self, links: list[str], had: list[Reference]) -> list[Reference]:
        """Those that are still in the library, or with the shot all the same."""
        here = {one.pk for one in had}
        found = [self.named[link] for link in links if link in self.named]
        gone = [one.name for one in found if one.deleted_at and one.pk not in here]
        lacking = sum(link not in self.named for link in links)
        gone += [f"{lacking} more" if gone else f"{lacking} of its references"] if lacking else []
        if gone:
            self.reuse.lost.append(f"Not in the library any more: {', '.join(gone)}.")
        return [one for one in found if not one.deleted_at or one.pk in here]


def model_now(ask: Ask) -> str:
    return f"{ask.model.id} at {ask.connection}" if ask.model else "None"


def opens(how: str, before: Shot | None) -> str:
    """“Continue, after shot 1”"""
    label = str(Joint(how).label)
    return f"{label}, after shot {before.position}" if before else label


def names(references: list[Reference]) -> str:
    return ", ".join(one.name for one in references) or "None"
