"""Plain text as a board: each paragraph is a shot.

The import page calls this for files and for what was pasted.
"""

from storyboard.boards.formats.decode import decoded, lines_of
from storyboard.boards.formats.draft import DraftBoard, DraftShot
from storyboard.boards.formats.limits import checked


def read(source: bytes | str, encoding: str = "") -> DraftBoard:
    """Words and their spaces are kept; only empty lines, which part the shots, go."""
    data = source if isinstance(source, bytes) else source.encode(errors="surrogatepass")
    text, _ = decoded(data, encoding if isinstance(source, bytes) else "utf-8")
    return checked(DraftBoard(shots=[DraftShot(prompt=prompt) for prompt in paragraphs(text)]))


def paragraphs(text: str) -> list[str]:
    found: list[list[str]] = [[]]
    for line in lines_of(text):
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return ["\n".join(lines) for lines in found if lines]
