"""The sample renders as it is, once a job has painted its pictures; killed half way, nothing is made twice."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django.fixtures import Settings

from storyboard.boards import actions, painting, queries, tasks
from storyboard.boards.actions.exports import MOST_ATTEMPTS
from storyboard.boards.actions.sample import PICTURES
from storyboard.boards.models import Board, Joint
from storyboard.boards.summary import DOLLAR, summary_of
from storyboard.live.models import Event
from storyboard.media.examine import Unfit
from storyboard.media.models import File, Reference
from storyboard.rendering import keeper
from storyboard.takes.planning import PAINTED, plan
from storyboard.teams.models import Team, User
from tests.boards.films import account, picture, shots_of
from tests.drain import drain

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("folder")]
VENDORS = ["reapi", "apimart", "evolink", "ark"]


@pytest.fixture(scope="module")
def painted_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Path]:
    folder = tmp_path_factory.mktemp("painted")
    for name in PICTURES:
        keeper.painted(name, folder / f"{name}.png")
    return lambda name, to: Path(shutil.copy(folder / f"{name}.png", to))


@pytest.fixture(autouse=True)
def quick(settings: Settings, monkeypatch: pytest.MonkeyPatch, painted_once: Callable[[str, Path], Path]) -> None:
    """The three pictures are painted once for all of these tests; no other job makes a connection."""
    settings.TEAM_CREATED = []
    settings.PUBLIC_URL = "https://films.example.com"
    monkeypatch.setattr(keeper, "painted", painted_once)


def sheet_of(board: Board, by: User) -> queries.Sheet:
    return queries.sheet_for(by, board.team.public_id, board.public_id)


def problems(board: Board, by: User) -> list[str]:
    sheet = sheet_of(board, by)
    return [problem.sentence for problem in plan(sheet, [shot.public_id for shot in sheet.shots]).blocks]


def pictures_of(board: Board) -> list[list[str]]:
    """The names of each shot's references, and of what it lands on."""
    landed = [[f"→ {shot.landing}"] if shot.landing else [] for shot in shots_of(board)]
    beside = [[row.reference.name for row in shot.references.all()] for shot in shots_of(board)]
    return [[*names, *end] for names, end in zip(beside, landed, strict=True)]


@pytest.mark.parametrize("vendor", VENDORS)
def test_all_of_it_can_be_rendered_at_every_vendor(team: Team, alice: User, vendor: str) -> None:
    account(team, vendor)
    sample = actions.create_sample(team, by=alice)
    assert drain() == ["storyboard.boards.tasks.paint_sample"]
    assert problems(sample, alice) == []
    shots = shots_of(sample)
    assert (len(shots), {row.joint for row in shots}, sum(row.needs_approval for row in shots)) == (6, set(Joint), 1)
    assert 0 <= summary_of(sheet_of(sample, alice)).micro_usd < 10 * DOLLAR


def test_each_picture_is_where_it_belongs(team: Team, alice: User) -> None:
    sample = actions.create_sample(team, by=alice)
    drain()
    lighthouse, keeper, ship = PICTURES.values()
    assert pictures_of(sample) == [[lighthouse], [], [keeper], [keeper], [keeper], [f"→ {ship}"]]
    assert {row.created_by for row in Reference.objects.all()} == {alice}


def test_while_it_is_painted_nothing_is_rendered_and_nothing_is_wrong(team: Team, alice: User) -> None:
    account(team)
    sample = actions.create_sample(team, by=alice)
    assert problems(sample, alice) == [PAINTED]
    before = Event.objects.filter(channel=sample.channel).count()
    drain()
    assert problems(sample, alice) == []
    assert Event.objects.filter(channel=sample.channel, topic="order").count() > before


def test_a_second_sample_uses_the_pictures_of_the_first(team: Team, alice: User) -> None:
    first = actions.create_sample(team, by=alice)
    Board.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    second = actions.create_sample(team, by=alice)
    drain()
    assert pictures_of(first) == pictures_of(second)
    assert (Reference.objects.count(), File.objects.count()) == (3, 3)


def test_killed_half_way_it_is_painted_again_and_nothing_is_twice(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = actions.create_sample(team, by=alice)
    actions.begin_painting(sample.pk)
    painting.kept(team)
    for _ in range(2):
        tasks.paint_sample(sample.pk)
    drain()
    assert (Reference.objects.count(), File.objects.count()) == (3, 3)
    assert Board.objects.get().painting is None


def test_a_lost_job_is_found_again(team: Team, alice: User) -> None:
    sample = actions.create_sample(team, by=alice)
    OrmQ.objects.all().delete()
    Board.objects.update(created_at=timezone.now() - 2 * tasks.FORGOTTEN)
    tasks.paint_forgotten()
    assert drain() == ["storyboard.boards.tasks.paint_sample"]
    tasks.paint_forgotten()
    assert drain() == []
    assert Board.objects.get(pk=sample.pk).painting is None


def test_what_somebody_changed_meanwhile_stays(team: Team, alice: User) -> None:
    own = picture(team, "own")
    sample = actions.create_sample(team, by=alice)
    shots = shots_of(sample)
    actions.set_landing(shots[5], reference=own.public_id, by=alice)
    actions.set_references(shots[2], references=[own.public_id], by=alice)
    actions.delete_shots(sample, ids=[shots[3].public_id], by=alice)
    drain()
    lighthouse, keeper, _ = PICTURES.values()
    assert pictures_of(sample) == [[lighthouse], [], ["own"], [keeper], ["→ own"]]


def test_without_pictures_it_is_a_film_all_the_same(
    team: Team, alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> File:
        raise Unfit("No.")

    monkeypatch.setattr(painting, "keep", refuse)
    account(team)
    sample = actions.create_sample(team, by=alice)
    drain()
    assert problems(sample, alice) == ["Choose the picture that this shot lands on."]
    assert "has no pictures: No." in caplog.text


def test_a_job_that_kills_its_worker_is_not_tried_for_ever(team: Team, alice: User, folder: Path) -> None:
    sample = actions.create_sample(team, by=alice)
    for _ in range(MOST_ATTEMPTS):
        actions.begin_painting(sample.pk)
    drain()
    assert Board.objects.get().painting is None
    assert not folder.exists()


def test_a_new_team_is_given_its_first_connection_to_render_with(team: Team, alice: User, settings: Settings) -> None:
    settings.TEAM_CREATED = ["storyboard.sandbox.tasks.welcome"]
    sample = actions.create_sample(team, by=alice)
    tasks.paint_sample(sample.pk)
    assert Board.objects.get().painting == 0
    connection = account(team)
    tasks.paint_sample(sample.pk)
    assert Board.objects.get().settings["connection"] == connection.public_id
    # Where none comes, it does not wait for ever.
    Team.objects.update(created_at=timezone.now() - 2 * painting.NEW)
    assert not painting.is_too_early(Board.objects.select_related("team").get())
