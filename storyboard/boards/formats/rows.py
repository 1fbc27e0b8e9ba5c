"""Row by row, a table becomes shots and scenes, and every doubt a remark.

table.read calls this; table_file.py writes the rows that this reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storyboard.boards.formats import values
from storyboard.boards.formats.delimited import bare, parted
from storyboard.boards.formats.draft import DraftBoard, DraftScene, DraftShot, Joint, Setting
from storyboard.boards.formats.fields import LABELS, SETTINGS, Field
from storyboard.boards.formats.limits import LONGEST_ID, LONGEST_NAME, circles
from storyboard.boards.formats.words import NONE

# In the column of the shots' numbers: rows of our own export that are no shots.
BOARD_ROW, SCENE_ROW = "Board", "Scene"
# Several columns may go into these; into any other, one.
GATHERING = (Field.PROMPT, Field.NOTES)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know; row 0 speaks of the whole column."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (f"Row {self.row}" if self.row else "", self.column) if part)
        return f"{place}: {self.sentence}"


@dataclass(slots=True, kw_only=True)
class Reading:
    headers: list[str]
    columns: Mapping[int, Field]
    is_ours: bool
    board: DraftBoard = field(default_factory=DraftBoard)
    remarks: list[Remark] = field(default_factory=list)
    row: int = 0
    # What a shot or a scene is called in the table -> its places.
    numbers: dict[str, list[int]] = field(default_factory=dict)
    scenes: dict[str, int] = field(default_factory=dict)
    # What each shot says that it follows, with its row.
    follows: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, row: list[str]) -> None:
        self.row = number
        found = self.gathered(row)
        kind = found.get(Field.NUMBER, "").strip()
        if kind == BOARD_ROW:
            self.take_board(found)
        elif kind == SCENE_ROW:
            self.scene(found)
        elif found:
            self.take_shot(found)

    def gathered(self, row: list[str]) -> dict[Field, str]:
        """Field -> text, without empty cells. Of several columns for one field all words are kept."""
        found: dict[Field, str] = {}
        for index, name in self.columns.items():
            text = self.unguarded(index, row[index])
            if not text.strip() and (not text or name not in GATHERING):
                continue
            if name in GATHERING and index != self.place(name):
                found[name] = "\n\n".join(filter(None, [found.get(name), f"{self.headers[index]}: {text}"]))
            elif name not in found:
                found[name] = text
            else:
                said = f"“{values.shown(text)}” is not taken over: another column is matched with {LABELS[name]}."
                self.say(self.headers[index], said)
        return found

    def unguarded(self, index: int, text: str) -> str:
        if not text.startswith("'"):
            return text
        found = bare(text)
        if found != text and not self.is_ours:
            self.say(self.headers[index], "the apostrophe in front is left out: spreadsheets mark text with it.")
        return found

    def say(self, column: str, sentence: str) -> None:
        self.remarks.append(Remark(self.row, column, sentence))

    def column(self, name: Field) -> str:
        """What the table calls the column."""
        place = self.place(name)
        return LABELS[name] if place is None else self.headers[place]

    def place(self, name: Field) -> int | None:
        return next((index for index, found in self.columns.items() if found is name), None)

    def take_board(self, found: dict[Field, str]) -> None:
        self.board.name = found.get(Field.SCENE, "")
        self.board.look = found.get(Field.PROMPT, "")
        self.board.settings = self.settings(found)

    def take_shot(self, found: dict[Field, str]) -> None:
        place = len(self.board.shots)
        shot = DraftShot(
            prompt=found.get(Field.PROMPT, ""),
            notes=found.get(Field.NOTES, ""),
            scene=self.scene(found),
            joint=self.joint(found),
            exact=self.said_yes(Field.EXACT, found),
            needs_approval=self.said_yes(Field.APPROVAL, found),
            settings=self.settings(found),
            references=self.references(found),
            landing=self.short(Field.LANDING, found, LONGEST_ID),
        )
        self.board.shots.append(shot)
        self.numbers.setdefault(key(found.get(Field.NUMBER, "")) or str(place + 1), []).append(place)
        self.follows.append((self.row, found.get(Field.FOLLOWS, "")))

    def settings(self, found: dict[Field, str]) -> dict[str, Setting]:
        chosen: dict[str, Setting] = {}
        for name in SETTINGS:
            if name in found:
                read = values.READERS[name](found[name])
                if read.known:
                    chosen[name.value] = read.value
                if read.said:
                    self.say(self.column(name), read.said)
        return chosen

    def said_yes(self, name: Field, found: dict[Field, str]) -> bool:
        if name not in found:
            return False
        read = values.approval(found[name])
        if read.said:
            self.say(self.column(name), read.said)
        return read.value is True

    def joint(self, found: dict[Field, str]) -> Joint:
        if Field.JOINT not in found:
            # Whoever says what a shot follows means that it continues it.
            return Joint.CONTINUE if found.get(Field.FOLLOWS, NONE) != NONE else Joint.CUT
        read = values.joint(found[Field.JOINT])
        if read.said:
            self.say(self.column(Field.JOINT), read.said)
        return Joint(read.value) if isinstance(read.value, str) else Joint.CUT

    def references(self, found: dict[Field, str]) -> list[str]:
        names = parted(found.get(Field.REFERENCES, ""))
        for name in names:
            if len(name) > LONGEST_ID:
                said = f"“{values.shown(name)}” is too long for a reference’s name; it is not taken over."
                self.say(self.column(Field.REFERENCES), said)
        return [name for name in names if len(name) <= LONGEST_ID]

    def scene(self, found: dict[Field, str]) -> int | None:
        """The scene's place; by its number where there is one, for two scenes may have the same name."""
        number, name = key(found.get(Field.SCENE_NUMBER, "")), found.get(Field.SCENE, "")
        if not number and not name:
            return None
        known = f"number {number}" if number else f"name {key(name)}"
        if known not in self.scenes:
            self.scenes[known] = len(self.board.scenes)
            short = self.short(Field.SCENE, {Field.SCENE: name or number}, LONGEST_NAME)
            self.board.scenes.append(DraftScene(name=short))
        return self.scenes[known]

    def short(self, name: Field, found: dict[Field, str], most: int) -> str:
        text = found.get(name, "")
        if len(text) <= most:
            return text
        said = f"“{values.shown(text)}” has {len(text):,} characters; the first {most - 1:,} are taken."
        self.say(self.column(name), said)
        return text[: most - 1] + "…"

    def link(self) -> None:
        """After the last row: a joint may name a shot that comes later."""
        for place, (row, text) in enumerate(self.follows):
            self.row, shot = row, self.board.shots[place]
            if shot.joint is not Joint.CUT:
                self.follow(place, shot, text)
            elif text and text != NONE:
                self.say(self.column(Field.FOLLOWS), f"“{values.shown(text)}” is not used: a cut follows no shot.")
        for place in circles(self.board.shots):
            self.row = self.follows[place][0]
            self.cut(self.board.shots[place], "the shot would follow itself over other shots; it opens with a cut.")

    def follow(self, place: int, shot: DraftShot, text: str) -> None:
        known = self.numbers.get(key(text), [])
        if not text and place:
            shot.joint_from = place - 1
        elif not text:
            self.cut(shot, "there is no shot before the first; it opens with a cut.", Field.JOINT)
        elif known and known != [place]:
            # Where each scene counts from 1 anew, the nearest one before is meant.
            before = [other for other in known if other < place]
            shot.joint_from = before[-1] if before else next(other for other in known if other != place)
        elif text != NONE:
            self.cut(shot, f"“{values.shown(text)}” is no other shot of this table; the shot opens with a cut.")

    def cut(self, shot: DraftShot, said: str, name: Field = Field.FOLLOWS) -> None:
        shot.joint, shot.joint_from = Joint.CUT, None
        self.say(self.column(name), said)


def key(text: str) -> str:
    return " ".join(text.split())
