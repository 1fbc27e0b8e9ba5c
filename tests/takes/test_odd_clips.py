"""Own clips whose picture does not fill their file: what is played, handed over, carried on and refused of them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import pytest
from django.test import Client
from PIL import Image

from storyboard.boards.models import Board
from storyboard.boards.queries import sheet_for
from storyboard.connections.models import Connection
from storyboard.errors import DomainError
from storyboard.media.models import File, Kind
from storyboard.rendering import check
from storyboard.rendering.frames import picture
from storyboard.takes import handoff, planning
from storyboard.takes.actions import choosing
from storyboard.takes.cut import cut_of
from storyboard.takes.models import Measure, Take
from storyboard.takes.queries import standing_of
from storyboard.takes.tasks import collecting
from storyboard.takes.timing import timing_of
from storyboard.takes.views.leaving import Scrub, scrub_of
from storyboard.teams.models import Team, User
from tests.media.library import Sender
from tests.rendering.odd import NAMES, UNEVEN, content, number_of, odd, shown
from tests.takes import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
AsUser = Callable[[User], Client]
TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}


@pytest.fixture
def board(team: Team, alice: User) -> Board:
    return make.board_with(team, alice, "cut continue cut")


@pytest.fixture
def own(board: Board, alice: User, tmp_path: Path) -> Callable[..., Take]:
    """A clip of the corpus as somebody's own take, selected."""

    def add(name: str, number: int = 1) -> Take:
        return choosing.upload(make.shots_of(board)[number - 1], file=kept(board.team, odd(name, tmp_path)), by=alice)

    return add


def kept(team: Team, path: Path) -> File:
    """With the facts that the jail finds, without the jail."""
    facts = check.inspect(path)
    names = ("format", "width", "height", "seconds", "fps", "picture_from", "picture_to", "frames")
    return clip_with(team, path.read_bytes(), **{name: getattr(facts, name) for name in names})


def clip_with(team: Team, data: bytes = b"", **facts: Any) -> File:
    return make.file(team, data, kind=Kind.VIDEO, **facts)


def measured(take: Take) -> list[int]:
    """The moments of its frames, as the slider has them."""
    make.job("measuring.measure", take.pk)
    return [row[0] for row in Measure.objects.get(take=take).frames]


def scrub(take: Take, user: User) -> Scrub:
    board = take.shot.board
    sheet = sheet_for(user, board.team.public_id, board.public_id)
    return scrub_of(sheet, Take.objects.select_related("clip").get(pk=take.pk))


def times(board: Board) -> list[tuple[int, int]]:
    shots = make.shots_of(board)
    return [(one.in_ms, one.out_ms) for one in cut_of(shots, standing_of(shots)).segments]


def numbers(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [number_of(picture(frame, threads=1)) for frame in container.decode(video=0)]


@pytest.mark.parametrize("name", ["uneven", "late_webm", "mov"])
def test_what_the_jail_saw_is_kept_with_the_file(team: Team, alice: User, as_user: AsUser, name: str) -> None:
    form = "mov" if name == "mov" else "webm" if "webm" in name else "mp4"
    file = Sender(as_user(alice), team).reference(f"own.{form}", TYPES[form], content(name)).file
    assert file
    file.refresh_from_db()
    wanted, found = shown(name), timing_of(file)
    assert found
    assert float(found.begins) == pytest.approx(wanted[0].starts, abs=0.1)
    assert (found.count, file.frames) == (len(wanted), [at // 90 for at in UNEVEN] if name == "uneven" else [])


def test_the_cut_is_as_long_as_its_pictures_together(team: Team, alice: User, tmp_path: Path) -> None:
    film = make.board_with(team, alice, ["cut"] * len(NAMES))
    for shot, name in zip(make.shots_of(film), NAMES, strict=True):
        choosing.upload(shot, file=kept(team, odd(name, tmp_path)), by=alice)
    spans = [(shown(name)[0].starts, shown(name)[-1].ends) for name in NAMES]
    for found, wanted in zip(times(film), spans, strict=True):
        assert found == pytest.approx(wanted, abs=1.1)
    shots = make.shots_of(film)
    whole = cut_of(shots, standing_of(shots)).total_ms
    assert whole == pytest.approx(sum(end - start for start, end in spans), abs=len(NAMES))


def test_the_doubled_frame_and_the_hand_off_are_frames_of_uneven_length(
    board: Board, own: Callable[..., Take], alice: User
) -> None:
    ahead, after = own("uneven"), own("uneven_b", 2)
    # The frame that stays for 300 ms, near its end.
    choosing.set_hand_off(ahead, ms=470, by=alice)
    Take.objects.filter(pk=after.pk).update(upstream=ahead, upstream_ms=470)
    assert times(board)[:2] == [(0, 480), (41, 800)]


@pytest.mark.parametrize("name", ["uneven", "late", "sound_much_longer", "b_frames_late", "slides", "one_long"])
def test_every_frame_of_the_slider_can_be_chosen_and_is_handed_over(
    own: Callable[..., Take], alice: User, tmp_path: Path, name: str
) -> None:
    take, wanted = own(name), shown(name)
    moments = measured(take)
    assert len(moments) == len(wanted)
    for number in (0, len(moments) // 2):
        choosing.set_hand_off(take, ms=moments[number], by=alice)
        assert Measure.objects.get(take=take).at_hand_off[0] == moments[number]
        make.job("collecting.prepare", take.pk)
        take.refresh_from_db()
        assert take.hand_off_frame
        (tmp_path / "frame").write_bytes(make.content(take.hand_off_frame, tmp_path))
        with Image.open(tmp_path / "frame") as image:
            assert number_of(image) == wanted[number].number


def test_the_frame_of_a_clip_that_was_held_upright_is_upright(
    own: Callable[..., Take], alice: User, tmp_path: Path
) -> None:
    take = own("upright")
    choosing.set_hand_off(take, ms=measured(take)[7], by=alice)
    make.job("collecting.prepare", take.pk)
    take.refresh_from_db()
    assert take.hand_off_frame
    assert take.clip
    assert (take.hand_off_frame.width, take.hand_off_frame.height) == (take.clip.width, take.clip.height) == (64, 96)
    (tmp_path / "frame").write_bytes(make.content(take.hand_off_frame, tmp_path))
    with Image.open(tmp_path / "frame") as image:
        assert number_of(image) == 7
        # What is dark at the left of the film as it lies is dark above or below in what is seen.
        assert light(image, (0, 0, 8, 96)) == pytest.approx(light(image, (56, 0, 64, 96)), abs=2)
        assert abs(light(image, (0, 0, 64, 8)) - light(image, (0, 88, 64, 96))) > 20


def light(image: Image.Image, part: tuple[int, int, int, int]) -> float:
    return float(image.convert("L").crop(part).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "ms", "said"),
    [
        ("sound_much_longer", 1000, "which is 1 seconds long"),
        ("late", 199, "goes from 0.2 to 1.2 seconds"),
        ("late", 1200, "goes from 0.2 to 1.2 seconds"),
    ],
)
def test_a_moment_without_a_picture_is_refused(
    own: Callable[..., Take], alice: User, name: str, ms: int, said: str
) -> None:
    with pytest.raises(DomainError, match=said):
        choosing.set_hand_off(own(name), ms=ms, by=alice)


@pytest.mark.parametrize(
    ("name", "span"), [("late", (200, 1200)), ("sound_much_longer", (0, 1000)), ("slides", (3000, 5000))]
)
def test_the_last_seconds_end_with_the_picture(
    own: Callable[..., Take], tmp_path: Path, name: str, span: tuple[int, int]
) -> None:
    take = own(name)
    assert handoff.tail_span(take) == span
    tail = collecting.tail_of(take, odd(name, tmp_path))
    found = timing_of(tail)
    assert found
    assert (int(found.begins), int(found.ends)) == (0, span[1] - span[0])
    (tmp_path / "tail.mp4").write_bytes(make.content(tail, tmp_path))
    assert numbers(tmp_path / "tail.mp4")[-1] == shown(name)[-1].number


@pytest.mark.parametrize(("measure", "is_whole"), [(False, True), (True, True)])
def test_the_slider_has_each_frame_of_uneven_length(
    own: Callable[..., Take], alice: User, measure: bool, is_whole: bool
) -> None:
    take, wanted = own("uneven"), shown("uneven")
    assert not measure or measured(take)
    found = scrub(take, alice)
    assert (found.count, found.at, found.is_whole) == (len(wanted), len(wanted) - 1, is_whole)


def test_movement_is_counted_from_where_the_picture_begins(team: Team, alice: User, account: Connection) -> None:
    board = make.board_with(team, alice, "cut motion", account)
    facts: dict[str, Any] = {"seconds": Decimal(6), "picture_from": Decimal(1), "picture_to": Decimal(4)}
    take = make.selected(make.shots_of(board)[0], clip=clip_with(team, **facts))
    assert not handoff.is_early(take, None)
    with pytest.raises(DomainError, match="2 seconds of movement"):
        choosing.set_hand_off(take, ms=2999, by=alice)
    assert choosing.set_hand_off(take, ms=3000, by=alice).hand_off_ms == 3000


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"width": 320, "height": 180}, "320 × 180"),
        ({"width": 3840, "height": 2160}, "8,294,400 pixels; "),
        ({"fps": Decimal(120)}, "120 pictures a second; "),
        ({"seconds": Decimal(5), "picture_from": 0, "picture_to": Decimal("1.9")}, "less of shot 1"),
        ({"format": "webm", "size": 10**9}, ""),
    ],
)
def test_movement_that_its_vendor_does_not_take_is_not_planned(
    team: Team, alice: User, account: Connection, facts: dict[str, Any], said: str
) -> None:
    board = make.board_with(team, alice, "cut motion", account)
    first, second = make.shots_of(board)
    make.selected(first, clip=clip_with(team, **facts))
    (line,) = planning.plan(sheet_for(alice, team.public_id, board.public_id), [second.public_id]).lines
    told = [one.sentence for one in line.problems if "two seconds of movement" in one.sentence]
    assert [said in one for one in told] == ([True] if said else [])
