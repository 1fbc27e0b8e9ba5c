"""Plain text as a board: each paragraph is a shot.

The import page calls this for files and for what was pasted.
"""

from collections.abc import Iterator
from itertools import islice

from storyboard.boards.formats.decode import decoded, lines_of
from storyboard.boards.formats.draft import DraftBoard, DraftShot
from storyboard.boards.formats.limits import MOST_SHOTS, MOST_TEXT_BYTES, checked


def read(source: bytes | str, encoding: str = "") -> DraftBoard:
    """Words and their spaces are kept; only empty lines, which part the shots, go."""
    data = source if isinstance(source, bytes) else source.encode(errors="surrogatepass")
    text, _ = decoded(data, encoding if isinstance(source, bytes) else "utf-8", MOST_TEXT_BYTES)
    prompts = list(islice(paragraphs(text), MOST_SHOTS + 1))
    return checked(DraftBoard(shots=[DraftShot(prompt=prompt) for prompt in prompts]))


def paragraphs(text: str) -> Iterator[str]:
    found: list[str] = []
    for line in lines_of(text):
        if line.strip():
            found.append(line)
        elif found:
            yield "\n".join(found)
            found = []
    if found:
        yield "\n".join(found)
