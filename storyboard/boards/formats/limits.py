"""What every draft keeps to, whatever file it comes from or goes to.

Each reader ends with checked(), each writer begins with it.
"""

from collections.abc import Iterator

from storyboard.boards.formats.draft import DraftBoard, DraftShot, Joint, Unusable
from storyboard.boards.formats.values import wrong

MOST_SHOTS = 5_000
MOST_SCENES = 5_000
MOST_REFERENCES = 1_000
MOST_TAGS = 12
MOST_BYTES = 20_000_000
# Of text without a form: each letter could be a shot.
MOST_TEXT_BYTES = 5_000_000
LONGEST_TEXT = 100_000
LONGEST_NAME = 120
LONGEST_ID = 400
LONGEST_TAG = 30
EMPTY = "There is no shot in this. Write a paragraph, a scene or a row for each shot, then try again."
# Where a text stands, the text, and the most characters it may have.
Place = tuple[str, str, int]


def checked(draft: DraftBoard) -> DraftBoard:
    """The draft itself; Unusable names the first place that cannot stand."""
    check_counts(draft)
    for where, text, most in places(draft):
        check_text(where, text, most)
    check_settings("The board", draft.settings)
    for number, scene in enumerate(draft.scenes, 1):
        if not scene.name.strip():
            raise Unusable(f"Scene {number} has no name. Give it one, then try again.")
    for number, shot in enumerate(draft.shots, 1):
        check_settings(f"Shot {number}", shot.settings)
        check_places(number, shot, draft)
    check_circles(draft.shots)
    return draft


def filled(draft: DraftBoard) -> DraftBoard:
    """The draft itself; Unusable where nothing at all came of the file."""
    if draft == DraftBoard():
        raise Unusable(EMPTY)
    return draft


def check_counts(draft: DraftBoard) -> None:
    for word, found, most in (
        ("shots", len(draft.shots), MOST_SHOTS),
        ("scenes", len(draft.scenes), MOST_SCENES),
        ("references", len(draft.references), MOST_REFERENCES),
        ("tags on one reference", max((len(entry.tags) for entry in draft.references), default=0), MOST_TAGS),
    ):
        if found > most:
            raise too_many(word, most)


def too_many(word: str, most: int) -> Unusable:
    return Unusable(f"There are more than {most:,} {word}, and a board takes no more at once. Divide it.")


def places(draft: DraftBoard) -> Iterator[Place]:
    yield "The board’s name", draft.name, LONGEST_NAME
    yield "The look", draft.look, LONGEST_TEXT
    for number, scene in enumerate(draft.scenes, 1):
        yield f"The name of scene {number}", scene.name, LONGEST_NAME
    for number, entry in enumerate(draft.references, 1):
        yield f"The name of reference {number}", entry.name, LONGEST_NAME
        for text in (entry.id, entry.sha256, entry.file_name, entry.address, entry.seal):
            yield f"Reference {number}", text, LONGEST_ID
        for text in entry.tags:
            yield f"A tag of reference {number}", text, LONGEST_TAG
    for number, shot in enumerate(draft.shots, 1):
        yield f"The prompt of shot {number}", shot.prompt, LONGEST_TEXT
        yield f"The notes of shot {number}", shot.notes, LONGEST_TEXT
        for text in (shot.landing, *shot.references):
            yield f"A reference of shot {number}", text, LONGEST_ID


def check_text(where: str, text: str, most: int) -> None:
    if len(text) > most:
        raise Unusable(f"{where} has {len(text):,} characters; {most:,} is the most. Shorten or divide it.")
    if "\0" in text:
        raise Unusable(f"{where} holds an invisible null character. Take it out, then try again.")
    # Half of an emoji, as broken programs write it: no file and no database takes it. ASCII needs no look.
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unusable(f"{where} holds a broken character. Write it anew, then try again.")


def check_settings(where: str, settings: dict[str, str | int | bool | None]) -> None:
    for name, value in settings.items():
        if isinstance(value, str):
            check_text(f"{where}, {name}", value, LONGEST_TEXT)
        if why := wrong(name, value):
            raise Unusable(f"{where}, {name}: {why}")


def check_places(number: int, shot: DraftShot, draft: DraftBoard) -> None:
    if shot.scene is not None and not 0 <= shot.scene < len(draft.scenes):
        raise Unusable(f"Shot {number} stands in a scene that is not there. Correct its scene, then try again.")
    if shot.joint_from is None:
        return
    if shot.joint is Joint.CUT:
        raise Unusable(f"Shot {number} opens with a cut, and a cut follows no shot. Take one of the two out.")
    if not 0 <= shot.joint_from < len(draft.shots):
        raise Unusable(f"Shot {number} follows a shot that is not there. Correct its joint, then try again.")


def check_circles(shots: list[DraftShot]) -> None:
    if found := circles(shots):
        raise Unusable(f"Shot {found[0] + 1} follows itself, over its joints. Let one of them open with a cut.")


def circles(shots: list[DraftShot]) -> list[int]:
    """One shot of each circle of joints: cut there, and no circle is left."""
    found: list[int] = []
    done: set[int] = set()
    for start in range(len(shots)):
        walk: set[int] = set()
        at: int | None = start
        while at is not None and at not in done and at not in walk:
            walk.add(at)
            at = shots[at].joint_from
        if at is not None and at in walk:
            found.append(at)
        done |= walk
    return found
