"""A screenplay in Fountain as a board: its scenes are scenes, each paragraph of action is a shot.

The import page calls read; lost_words proves that nothing but marks was left behind.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from storyboard.boards.formats import fountain_lines
from storyboard.boards.formats.decode import decoded
from storyboard.boards.formats.draft import DraftBoard, DraftScene, DraftShot
from storyboard.boards.formats.fountain_lines import Element, Kind
from storyboard.boards.formats.fountain_marks import lines, plain
from storyboard.boards.formats.limits import LONGEST_NAME, MOST_SCENES, MOST_SHOTS, MOST_TEXT_BYTES, checked, too_many

# What stands in a shot's notes, and what it is called there.
NOTED = {Kind.SYNOPSIS: "", Kind.SECTION: "Section: ", Kind.TRANSITION: "Transition: "}
WORD = re.compile(r"[^\W_]+")
TITLE_KEY = re.compile(r"\s*title\s*:", re.IGNORECASE)


def read(source: bytes | str, encoding: str = "") -> DraftBoard:
    data = source if isinstance(source, bytes) else source.encode(errors="surrogatepass")
    text, _ = decoded(data, encoding if isinstance(source, bytes) else "utf-8", MOST_TEXT_BYTES)
    fields, body = fountain_lines.title_page(lines(text))
    film = Film()
    for key, value in fields:
        film.title(key, value)
    for element in fountain_lines.elements(body):
        film.take(element)
    return checked(film.board())


def lost_words(source: str, draft: DraftBoard) -> list[str]:
    """The words of the source that the board has fewer of; marks of the syntax are no words, nor is “Title:”."""
    has_title = any(key.casefold() == "title" for key, _ in fountain_lines.title_page(lines(source))[0])
    wanted = Counter(WORD.findall(TITLE_KEY.sub("", source, count=1) if has_title else source))
    kept = [draft.name, *(scene.name for scene in draft.scenes)]
    kept += [text for shot in draft.shots for text in (shot.prompt, shot.notes)]
    return sorted((wanted - Counter(WORD.findall("\n".join(kept)))).elements())


@dataclass(slots=True)
class Written:
    """A shot while it is being written."""

    scene: int | None
    prompt: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Film:
    name: str = ""
    scenes: list[str] = field(default_factory=list)
    shots: list[Written] = field(default_factory=list)
    # Notes for the shot to come; sections wait for the scene to come, too.
    notes: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)

    @property
    def scene(self) -> int | None:
        return len(self.scenes) - 1 if self.scenes else None

    @property
    def last(self) -> Written | None:
        """The scene's last shot so far."""
        return self.shots[-1] if self.shots and self.shots[-1].scene == self.scene else None

    def title(self, key: str, value: str) -> None:
        if key.casefold() != "title" or self.name:
            self.notes.append(f"{key}: {plain(value)}")
        elif value:
            self.name = self.fitting(" ".join(plain(value).split()))

    def fitting(self, name: str) -> str:
        """A name as long as a board or a scene may have; the whole of a longer one is noted."""
        if len(name) <= LONGEST_NAME:
            return name
        self.notes.append(name)
        return name[: LONGEST_NAME - 1] + "…"

    def take(self, element: Element) -> None:
        text = plain(element.text)
        match element.kind:
            case Kind.HEADING:
                self.open_scene(text)
            case Kind.ACTION | Kind.CENTERED:
                self.add_shot(text)
            case Kind.SPEECH | Kind.LYRICS:
                self.say(f"♪ {text}" if element.kind is Kind.LYRICS else text)
            case Kind.SECTION | Kind.SYNOPSIS | Kind.TRANSITION if text:
                wait = self.sections if element.kind is Kind.SECTION else self.notes
                wait.append(NOTED[element.kind] + text)
        self.note(element)

    def note(self, element: Element) -> None:
        """Beside the words in which it stood."""
        inside = element.kind in {Kind.ACTION, Kind.CENTERED, Kind.SPEECH, Kind.LYRICS}
        (self.shots[-1].notes if inside else self.notes).extend(element.notes)

    def open_scene(self, name: str) -> None:
        if self.scenes:
            self.settle()
        if len(self.scenes) == MOST_SCENES:
            raise too_many("scenes", MOST_SCENES)
        self.scenes.append(self.fitting(name))

    def settle(self) -> None:
        """What was noted at a scene's end belongs to its last shot, or to one without a prompt."""
        if self.notes:
            shot = self.last or self.write()
            shot.notes += self.notes
            self.notes = []

    def write(self) -> Written:
        if len(self.shots) == MOST_SHOTS:
            raise too_many("shots", MOST_SHOTS)
        self.shots.append(Written(self.scene))
        return self.shots[-1]

    def add_shot(self, text: str) -> Written:
        shot = self.write()
        shot.prompt.append(text)
        shot.notes += [*self.sections, *self.notes]
        self.sections, self.notes = [], []
        return shot

    def say(self, text: str) -> None:
        """Dialogue goes with the action before it."""
        if self.last:
            self.last.prompt.append(text)
        else:
            self.add_shot(text)

    def board(self) -> DraftBoard:
        self.notes = [*self.sections, *self.notes]
        self.settle()
        return DraftBoard(
            name=self.name,
            scenes=[DraftScene(name=name) for name in self.scenes],
            shots=[
                DraftShot(prompt="\n\n".join(shot.prompt), notes="\n\n".join(shot.notes), scene=shot.scene)
                for shot in self.shots
            ],
        )
