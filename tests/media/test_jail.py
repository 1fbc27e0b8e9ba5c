"""A stranger's file is read by a process that can do nothing else, and whatever becomes of it is told in a sentence."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from storyboard.media import answer, jail, walls
from storyboard.rendering.looks import MOST_FRAMES, Look
from storyboard.rendering.probe import Kind
from tests.media import hostile_media, seeds, watch

# What a file could do if it took the process over, done by Python: the walls are the kernel's and ask nobody.
INSIDE = """
import sys
from pathlib import Path
from storyboard.media import walls
{before}
up = walls.cut_off()
walls.lower(walls.Limits(**{limits}))
up += walls.shut_in([Path({path!r})], [Path({folder!r})])
import os, socket, json, resource
def tried(what):
    try:
        return repr(what())
    except (OSError, MemoryError, RuntimeError) as error:
        return type(error).__name__
print(json.dumps([up, tried(lambda: {what})]))
"""


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "file"
    path.write_bytes(seeds.clip("mp4"))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def inside(what: str, path: Path, folder: Path, *, before: str = "", **limits: int) -> tuple[list[str], str]:
    script = INSIDE.format(before=before, limits=limits, path=str(path), folder=str(folder), what=what)
    done = subprocess.run([sys.executable, "-c", script], cwd=jail.ROOT, capture_output=True, text=True, check=True)
    up, came = json.loads(done.stdout)
    return up, came


def test_a_clip_is_told_in_facts(clip: Path, folder: Path) -> None:
    facts = jail.run("inspect", clip, folder).facts
    assert facts is not None
    assert (facts.kind, facts.format, facts.width, facts.height) == (Kind.VIDEO, "mp4", 96, 64)
    assert (facts.seconds, facts.fps) == (Decimal(1), Decimal(24))
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert list(folder.iterdir()) == []


def test_every_wall_stands_here(clip: Path, folder: Path) -> None:
    """The kernels that the tests run on know them all; elsewhere the log says which are missing."""
    assert jail.run("inspect", clip, folder).walls == (walls.NAMESPACE, walls.LANDLOCK, walls.LANDLOCK_TCP)


@pytest.mark.parametrize(
    "what",
    [
        "open('/etc/passwd').read()",
        "os.listdir('/')",
        "open('{near}').read()",
        "open('{folder}/../in/new', 'w')",
        "os.kill(os.getppid(), 0)",
    ],
)
def test_nothing_else_can_be_reached(clip: Path, folder: Path, what: str) -> None:
    (clip.parent / "near").write_text("another file")
    came = inside(what.format(near=clip.parent / "near", folder=folder), clip, folder)[1]
    assert came == "PermissionError"


def test_the_file_itself_can_be_read(clip: Path, folder: Path) -> None:
    assert inside(f"len(open({str(clip)!r}, 'rb').read())", clip, folder)[1] == str(clip.stat().st_size)


NO_NAMESPACE = "import ctypes; walls.cut_off = lambda: ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) or []"
NO_LANDLOCK = "walls.shut_in = lambda *_: []"


@pytest.mark.parametrize(
    ("before", "left"),
    [(NO_LANDLOCK, [walls.NAMESPACE]), (NO_NAMESPACE, [walls.LANDLOCK, walls.LANDLOCK_TCP])],
)
def test_each_wall_alone_keeps_the_network_out(clip: Path, folder: Path, before: str, left: list[str]) -> None:
    with watch.listener() as (site, calls):
        call = f"socket.create_connection(('127.0.0.1', {site.rpartition(':')[2]}), 2)"
        up, came = inside(call, clip, folder, before=before)
        assert (up, calls) == (left, [])
    assert came in {"OSError", "PermissionError", "ConnectionRefusedError"}


def test_without_these_walls_the_same_call_arrives(clip: Path, folder: Path) -> None:
    with watch.listener() as (site, calls):
        call = f"socket.create_connection(('127.0.0.1', {site.rpartition(':')[2]}), 2)"
        assert inside(call, clip, folder, before=f"{NO_NAMESPACE}\n{NO_LANDLOCK}")[0] == []
        assert calls


def test_memory_is_limited(clip: Path, folder: Path) -> None:
    assert inside("len(bytearray(900_000_000))", clip, folder, memory=600_000_000)[1] == "MemoryError"
    assert inside("len(bytearray(900_000_000))", clip, folder)[1] == "900000000"


def test_a_task_that_only_reads_can_write_nothing(clip: Path, folder: Path) -> None:
    write = f"open({str(folder / 'new')!r}, 'wb', 0).write(b'xy')"
    assert inside(write, clip, folder)[1] == "OSError"
    assert inside(write, clip, folder, file_size=1)[1] == "1"


def test_no_privilege_is_left_and_no_program_gains_one(clip: Path, folder: Path) -> None:
    status = inside("open('/proc/self/status').read()", Path("/proc"), folder)[1]
    assert "CapEff:\\t0000000000000000" in status
    assert "NoNewPrivs:\\t1" in status


def test_the_environment_is_empty(clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "of the worker")
    process = jail.start({"task": "none"})
    try:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert b"of the worker" not in environment
        assert os.getpgid(process.pid) == process.pid
    finally:
        jail.end(process)


def test_no_django_is_loaded() -> None:
    script = (
        "import sys; from storyboard.media import inspect_child; [task() for task in inspect_child.TASKS.values()]\n"
        "print('django' in sys.modules, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=jail.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


AS_NOBODY = """
import json, os, sys
from pathlib import Path
from PIL import Image
from storyboard.media import inspect_child, walls
tasks = {{name: load() for name, load in inspect_child.TASKS.items()}}
Image.init()
if os.getuid() == 0:
    os.setgroups([])
    os.setuid(65534)
walls.lower(walls.Limits(file_size=8 * walls.MB))
try:
    os.fork()
    print("forked")
except BlockingIOError:
    path, folder = Path({folder!r}) / "file", Path({folder!r})
    for name, options in {options!r}.items():
        said = inspect_child.safely(tasks[name], path, folder, options)
        print(name, said.get("problem") or said.get("crash"))
"""


def test_every_task_does_without_another_thread() -> None:
    """Root's processes are not counted, an ordinary person's are: there a thread too many is an error."""
    options: dict[str, dict[str, object]] = {"inspect": {}, "waveform": {}, "poster": {"widths": [48]}, "measure": {}}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        (Path(folder) / "file").write_bytes(seeds.clip("mp4"))
        script = AS_NOBODY.format(folder=folder, options=options)
        done = subprocess.run([sys.executable, "-c", script], cwd=jail.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{name} None" for name in options]


def stand_in(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A child that was taken over, and does as the script says."""
    monkeypatch.setattr(
        jail,
        "start",
        lambda request: subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        ),
    )


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("import os; os.abort()", jail.BROKEN),
        ("import os; os.kill(os.getpid(), 11)", jail.BROKEN),
        ("import os; os.kill(os.getpid(), 9)", jail.TOO_LARGE),
        ("import os; os.kill(os.getpid(), 24)", jail.TOO_SLOW),
        ("print('x' * 10_000_000)", jail.BROKEN),
        ("print('{}{}')", jail.BROKEN),
        ("""print('{"facts": {"kind": "image"}}')""", jail.BROKEN),
        ("""print('{"problem": "a\\\\u0000b"}')""", jail.BROKEN),
        ("""print('{"files": ["../../etc/passwd"]}')""", jail.BROKEN),
        ("""print('{"files": ["poster-1.webp"]}')""", jail.BROKEN),
        ("""print('{"peaks": [101]}')""", jail.BROKEN),
        ("""print('{"looks": [[1, 2, 3, 4, 101, "%s"]]}' % ("A" * 96))""", jail.BROKEN),
        ("""print('{"looks": [[1, 2, 3, 4, 5, "<script>"]]}')""", jail.BROKEN),
        ("""print('{"looks": [[1, 2, 3]]}')""", jail.BROKEN),
        ("""import json; print(json.dumps({"looks": [[1, 2, 3, 4, 5, "A" * 96]] * 401}))""", jail.BROKEN),
        ("""print('{"memory": true}')""", jail.TOO_LARGE),
        ("""print('{"crash": "IndexError: 9"}')""", jail.BROKEN),
        ("", jail.BROKEN),
    ],
)
def test_whatever_the_process_does_becomes_a_sentence(
    clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    stand_in(monkeypatch, script)
    report = jail.run("inspect", clip, folder)
    assert report == jail.Report(problem=sentence)


def test_a_link_that_the_process_made_is_no_file_of_its(folder: Path, clip: Path) -> None:
    (folder / "poster-320.webp").symlink_to(clip)
    with pytest.raises(ValueError, match="poster"):
        answer.made(folder, "poster-320.webp")


def test_one_that_does_not_end_is_killed_with_its_children(
    clip: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))"
    script = f"import os, time, pathlib\nif os.fork() == 0: {note}\ntime.sleep(60)"
    stand_in(monkeypatch, script)
    monkeypatch.setitem(jail.LIMITS, "inspect", walls.Limits(wall_seconds=1))
    assert jail.run("inspect", clip, folder).problem == jail.TOO_SLOW
    assert is_gone(int((tmp_path / "pid").read_text()))


def is_gone(pid: int) -> bool:
    """A killed orphan may wait a moment for the first process to bury it."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        state = Path(f"/proc/{pid}/stat")
        with_state = state.read_text().rpartition(")")[2].split()[0] if state.exists() else "X"
        if with_state in {"X", "Z"}:
            return True
        time.sleep(0.01)
    return False


def test_a_loop_ends_by_the_limit_of_its_time(clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "from storyboard.media import walls; walls.lower(walls.Limits(cpu_seconds=1))\nwhile True: pass"
    monkeypatch.setenv("PYTHONPATH", str(jail.ROOT))
    stand_in(monkeypatch, script)
    assert jail.run("inspect", clip, folder).problem == jail.TOO_SLOW


def test_it_dies_with_the_worker(clip: Path, folder: Path) -> None:
    """The worker is a process that waits for its child, which waits for a file that never comes."""
    pipe = clip.parent / "pipe"
    os.mkfifo(pipe)
    script = (
        "import os, json; from dataclasses import asdict; from storyboard.media import jail, walls\n"
        f"request = dict(task='inspect', path={str(pipe)!r}, folder={str(folder)!r}, options={{}})\n"
        "process = jail.start(request | {'parent': os.getpid(), 'limits': asdict(walls.Limits())})\n"
        "print(process.pid, flush=True)\nprocess.wait()"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], cwd=jail.ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    with worker:
        child = int(worker.stdout.readline())
        worker.send_signal(signal.SIGKILL)
    assert is_gone(child)


def test_a_missing_wall_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    jail.tell_once.cache_clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            jail.tell_once((walls.LANDLOCK, walls.LANDLOCK_TCP))
    assert [record.message for record in caplog.records] == [
        "Files are read without a network namespace, which this system refuses; TCP is closed by Landlock."
    ]


def test_many_at_once_from_threads(clip: Path, folder: Path) -> None:
    found: list[jail.Report] = []
    threads = [threading.Thread(target=lambda: found.append(jail.run("inspect", clip, folder))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.problem for report in found] == [""] * 4


def test_an_unknown_task_is_a_mistake_of_ours(clip: Path, folder: Path) -> None:
    with pytest.raises(KeyError):
        jail.run("delete", clip, folder)


def test_posters_are_made_of_a_clip_and_of_a_picture(clip: Path, folder: Path) -> None:
    report = jail.run("poster", clip, folder, options={"widths": [48, 640], "name": "jpeg"})
    assert [path.name for path in report.files] == ["poster-48.jpeg", "poster-640.jpeg"]
    sizes = []
    for path in report.files:
        with Image.open(path) as picture:
            sizes.append(picture.size)
    # Never larger than the original.
    assert sizes == [(48, 32), (96, 64)]


def test_a_waveform_rises_with_its_sound(clip: Path, folder: Path) -> None:
    peaks = jail.run("waveform", clip, folder, options={"bars": 50}).peaks
    assert len(peaks) == 50
    assert peaks[0] < 10
    assert 40 < peaks[25] < 60
    assert peaks[-1] > 95


def test_a_moment_of_a_clip_becomes_a_picture(clip: Path, folder: Path) -> None:
    report = jail.run("frame", clip, folder, options={"at_ms": 500})
    assert [path.name for path in report.files] == ["frame.png"]
    with Image.open(report.files[0]) as image:
        assert (image.format, image.size) == ("PNG", (96, 64))


def test_a_picture_is_made_anew(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_bytes(seeds.picture("jpeg", comment=b"<script>") + b"<script>")
    report = jail.run("reencode", tmp_path / "file", folder)
    assert report.facts is not None
    assert report.files[0].name == "clean.jpeg"
    assert b"<script>" not in report.files[0].read_bytes()


def test_every_frame_of_a_clip_is_measured(clip: Path, folder: Path) -> None:
    looks = jail.run("measure", clip, folder).looks
    assert (len(looks), looks[0].ms, looks[-1].ms) == (24, 20, 979)
    assert 40 < looks[0].brightness < 60
    assert list(folder.iterdir()) == []


def test_the_longest_answer_fits() -> None:
    look = Look(599_999, 100.0, 100.0, 100.0, 100.0, "A" * 96)
    said = json.dumps({"looks": [look] * MOST_FRAMES, "walls": [walls.NAMESPACE] * 8})
    assert len(said) < jail.LARGEST_ANSWER


@pytest.mark.parametrize("name", ["hls.mp4", "concat-web.mp4", "many-boxes.mp4", "10,000-tracks.mp4"])
def test_measuring_a_hostile_file_ends_with_a_sentence(tmp_path: Path, folder: Path, name: str) -> None:
    with watch.listener() as (site, calls):
        case = next(case for case in hostile_media.corpus(site, str(tmp_path)) if case.name == name)
        (tmp_path / "file").write_bytes(case.content)
        report = jail.run("measure", tmp_path / "file", folder)
        assert (bool(report.problem), report.looks, calls) == (True, (), [])


def test_damaged_clips_are_measured_or_refused(tmp_path: Path, folder: Path) -> None:
    good = seeds.clip("mp4")
    for at in range(len(good) // 4, len(good), len(good) // 5):
        (tmp_path / "file").write_bytes(good[:at] + bytes(40) + good[at + 40 :])
        report = jail.run("measure", tmp_path / "file", folder)
        assert bool(report.problem) is not bool(report.looks)
