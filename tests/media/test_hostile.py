"""What strangers bring to do harm: everything ends with facts or a sentence, and nothing else is read or called."""

import contextlib
import os
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from storyboard.media import jail
from storyboard.rendering import check
from storyboard.rendering.probe import Unreadable
from tests.media import hostile_media, seeds, watch
from tests.media.batch import inspect_all
from tests.media.hostile_media import Case

MUTANTS = int(os.environ.get("MUTANTS", "300"))
SENTENCE = re.compile(r"[A-Z][^\x00-\x1f<>/]+\. Please [^<>/]+\.|The file .+\.")
MB = 1024 * 1024
# Each of these goes through the whole jail in every run; the others share a few processes.
ALONE = (
    "hls.mp4", "concat-web.mp4", "tagged.mp3", "huge-header.png", "text-bomb.png", "bomb.webp", "many-boxes.mp4",
    "10,000-tracks.mp4", "cover-100-mb.mp3", "-version.mp4", "concat:a|b.mp4", "\udcff\udcfe.mp4", "good.webm",
)  # fmt: skip


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bait")
    (folder / "clip.mp4").write_bytes(seeds.clip("mp4"))
    (folder / "secret.txt").write_text("a secret")
    return folder


@pytest.fixture(scope="module")
def called() -> Iterator[tuple[str, list[bytes]]]:
    with watch.listener() as found:
        yield found


@pytest.fixture(scope="module")
def corpus(called: tuple[str, list[bytes]], bait: Path) -> dict[str, Case]:
    return {case.name: case for case in hostile_media.corpus(called[0], str(bait))}


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def grown() -> float:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_there_are_many_different_ones(corpus: dict[str, Case]) -> None:
    assert len({case.content for case in corpus.values()}) > 200
    assert set(ALONE) <= set(corpus)


def test_each_ends_with_facts_or_a_sentence_and_nobody_is_called(
    corpus: dict[str, Case], called: tuple[str, list[bytes]], bait: Path, tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_bytes((bait / "clip.mp4").read_bytes())
    cases = [case for case in corpus.values() if case.name not in ALONE]
    paths = [write(tmp_path, f"{number}", case.content) for number, case in enumerate(cases)]
    with watch.watched(*bait.iterdir(), tmp_path / "clip.mp4") as descriptor:
        said = inspect_all(paths, tmp_path)
        assert watch.looks(descriptor) == 0
    assert called[1] == []
    wrong = [(case.name, problem) for case, problem in zip(cases, said, strict=True) if not is_right(case, problem)]
    assert wrong == []


@pytest.mark.clock
@pytest.mark.parametrize("name", ALONE)
def test_the_worst_go_through_a_jail_of_their_own(
    corpus: dict[str, Case], name: str, called: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    path, before, start = write(tmp_path, name, corpus[name].content), grown(), time.monotonic()
    report = jail.run("inspect", path, tmp_path)
    assert is_right(corpus[name], report.problem), report
    assert bool(report.facts) is not bool(report.problem)
    assert time.monotonic() - start < jail.LIMITS["inspect"].wall_seconds
    assert grown() - before < 50
    assert called[1] == []


def is_right(case: Case, problem: str) -> bool:
    if problem and not SENTENCE.fullmatch(problem):
        return False
    return case.wanted in {"refused" if problem else "taken", "either"}


def test_mutants_of_good_files_end_with_facts_or_a_sentence(called: tuple[str, list[bytes]], tmp_path: Path) -> None:
    before, broken, taken = grown(), 0, 0
    mutants = hostile_media.mutants(MUTANTS, seed=int(os.environ.get("SEED", "1")))
    while batch := [content for content, _ in zip(mutants, range(300), strict=False)]:
        paths = [write(tmp_path, f"{number}", content) for number, content in enumerate(batch)]
        for problem in inspect_all(paths, tmp_path):
            assert not problem or SENTENCE.fullmatch(problem), problem
            broken += problem == jail.BROKEN
            taken += not problem
    assert called[1] == []
    assert grown() - before < 50
    assert 0 < taken < MUTANTS
    # Most damage is seen by the readers themselves; a mutant that breaks them is a find, and there are few.
    assert broken <= MUTANTS / 100


@pytest.mark.parametrize("name", ["hls.mp4", "concat-web.mp4", "hls-key.mp4", "elsewhere.mov", "tagged.mp3"])
def test_the_lists_of_formats_hold_without_any_wall(
    corpus: dict[str, Case], name: str, called: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    with pytest.raises(Unreadable):
        check.inspect(write(tmp_path, "file.mp4", corpus[name].content))
    assert called[1] == []


def test_a_reader_without_lists_would_call(bait: Path, tmp_path: Path) -> None:
    """The twin of the tests above: the same file does reach the listener when the lists are loosened."""
    with watch.listener() as (site, calls):
        text = hostile_media.PLAYLISTS["hls.mp4"].replace("{site}", site)
        loose = {"protocol_whitelist": "file,http,tcp", "allowed_extensions": "ALL", "extension_picky": "0"}
        with contextlib.suppress(av.FFmpegError):
            av.open(str(write(tmp_path, "list.m3u8", text.encode())), format="hls", options=loose).close()
        assert any(call.startswith(b"GET /one.ts") for call in calls)


def test_a_look_at_the_bait_would_be_seen(bait: Path) -> None:
    with watch.watched(bait / "secret.txt") as descriptor:
        assert watch.looks(descriptor) == 0
        (bait / "secret.txt").read_text()
        assert watch.looks(descriptor) > 0
