"""What a shot asks of a vendor, and what is wrong with it: as the page says it and as submission will send it."""

import pytest
from pytest_django.fixtures import Settings

from storyboard.boards import actions, judged, queries
from storyboard.boards.asks import Ask, Links, against_landing, ask
from storyboard.boards.models import Board, Joint
from storyboard.boards.views.cells import opening_of
from storyboard.connections.models import Connection
from storyboard.media.models import Kind
from storyboard.providers import preflight, price
from storyboard.providers.base import Problem
from storyboard.teams.models import Team, User
from tests.boards.films import PROMPT, account, film, ids, picture, shot

SETTINGS = {"model": "doubao-seedance-2.0"}


@pytest.fixture(autouse=True)
def reached_from_outside(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://films.example.com"


@pytest.fixture
def reapi(team: Team) -> Connection:
    return account(team)


@pytest.fixture
def chain(reapi: Connection, team: Team, alice: User) -> Board:
    return film(team, alice, "abc", joint=Joint.CONTINUE)


def asked(board: Board, user: User) -> list[Ask]:
    return queries.sheet_for(user, board.team.public_id, board.public_id).asks()


def sentences(ask: Ask) -> list[str]:
    return [problem.sentence for problem in ask.blocks]


def fields(problems: list[Problem]) -> set[str]:
    return {problem.field for problem in problems}


def test_the_look_stands_behind_the_prompt(chain: Board, alice: User) -> None:
    actions.save_field(chain, name="look", value=" grain ", base_version=None, by=alice)
    assert asked(chain, alice)[0].request.prompt == "a\n\ngrain"


def test_a_continued_shot_opens_on_a_frame_and_the_one_before_hands_it_on(chain: Board, alice: User) -> None:
    first, second, last = (one.request for one in asked(chain, alice))
    assert (first.opening, first.wants_last_frame) == ("", True)
    assert second.opening.startswith("https://hand-off")
    assert (bool(last.opening), last.wants_last_frame) == (True, False)


def test_motion_carries_a_tail_and_land_needs_its_picture(chain: Board, alice: User) -> None:
    actions.set_joint(shot(chain, "b"), joint="motion", by=alice)
    actions.set_joint(shot(chain, "c"), joint="land", by=alice)
    _, motion, land = asked(chain, alice)
    assert (bool(motion.request.motion_tail), motion.request.opening) == (True, "")
    assert "landing" in fields(land.blocks)
    still = picture(chain.team)
    actions.set_landing(shot(chain, "c"), reference=still.public_id, by=alice)
    land = asked(chain, alice)[2]
    assert land.request.landing.endswith(still.public_id)
    assert land.media[land.request.landing] is not None


def test_a_shot_whose_predecessor_is_gone_says_so(chain: Board, alice: User) -> None:
    actions.delete_shots(chain, ids=ids(chain, "b"), by=alice)
    last = asked(chain, alice)[1]
    assert fields(last.blocks) == {"joint", "prompt"}
    assert last.request.opening == ""
    assert "The shot that this one followed is gone. Choose another, or make it a cut." in sentences(last)


def test_a_first_shot_that_never_followed_any_is_told_so_and_not_that_one_is_gone(chain: Board, alice: User) -> None:
    actions.set_joint(shot(chain, "a"), joint="continue", by=alice)
    first = asked(chain, alice)[0]
    assert "There is no shot before this one to open on. Choose another, or make it a cut." in sentences(first)
    assert opening_of(first.shot).sentence == "There is no shot before this one to open on. Choose another"


@pytest.mark.parametrize("vendor", ["ark", "evolink", "apimart", "reapi"])
def test_what_a_vendor_has_against_a_landing_is_what_it_says_once_it_is_there(
    team: Team, alice: User, vendor: str
) -> None:
    account(team, vendor)
    board, still = film(team, alice, "ab", joint=Joint.CONTINUE), picture(team)
    second = shot(board, "b")
    assert against_landing(asked(board, alice)[1]) == ""
    actions.set_references(second, references=[still.public_id], by=alice)
    told = against_landing(asked(board, alice)[1])
    actions.set_joint(second, joint="land", by=alice)
    actions.set_landing(shot(board, "b"), reference=picture(team, "end").public_id, by=alice)
    assert told in [problem.sentence for problem in asked(board, alice)[1].blocks]


def test_without_a_model_nothing_is_against_a_landing(board: Board, alice: User) -> None:
    assert against_landing(asked(board, alice)[0]) == ""


def test_without_a_connection_only_that_is_said(board: Board, alice: User) -> None:
    found = asked(board, alice)[0]
    assert [one.sentence for one in found.problems] == ["Choose a connection to render with."]
    assert found.quote.micro_usd is None


def test_a_connection_that_was_switched_off_is_said(chain: Board, reapi: Connection, alice: User) -> None:
    Connection.objects.update(disabled_at=reapi.created_at)
    assert "switched off" in asked(chain, alice)[0].problems[0].sentence


def test_problems_and_prices_are_those_of_submission(chain: Board, reapi: Connection, alice: User) -> None:
    actions.set_references(
        shot(chain, "a"), references=[picture(chain.team, "clip", Kind.VIDEO, 9).public_id], by=alice
    )
    found = asked(chain, alice)[0]
    assert found.model is not None
    assert list(found.problems) == preflight.check(found.request, found.model, found.media)
    assert found.quote == price.quote(found.request, found.model, found.media)
    assert found.quote.seconds == 14


def test_what_is_remembered_is_what_would_be_worked_out(chain: Board, reapi: Connection, alice: User) -> None:
    first = asked(chain, alice)
    assert len(judged.remembered) >= 3
    again = asked(chain, alice)
    assert [(one.problems, one.quote) for one in first] == [(one.problems, one.quote) for one in again]
    Connection.objects.update(rates={SETTINGS["model"]: {"720p": {"text": "1", "ref": "2"}}})
    assert [one.quote.micro_usd for one in asked(chain, alice)][:2] == [5_000_000, 10_000_000]


def test_real_links_are_sent_where_made_up_ones_are_shown(chain: Board, reapi: Connection, alice: User) -> None:
    actions.set_references(shot(chain, "b"), references=[picture(chain.team).public_id], by=alice)
    links = Links(lambda one: f"https://files.example/{one.name}", "https://files.example/frame.png")
    sent = ask(shot(chain, "b"), {reapi.public_id: reapi}, handed_on=False, links=links).request
    assert [one.url for one in sent.references] == ["https://files.example/face"]
    assert sent.opening == "https://files.example/frame.png"


def test_files_that_a_vendor_cannot_fetch_are_told_before_they_cost_anything(
    chain: Board, alice: User, settings: Settings
) -> None:
    actions.set_references(shot(chain, "a"), references=[picture(chain.team).public_id], by=alice)
    assert "references" not in fields(asked(chain, alice)[0].blocks)
    settings.PUBLIC_URL = "http://localhost:8000"
    first, second, _ = asked(chain, alice)
    assert "Set PUBLIC_URL" in next(one.sentence for one in first.blocks if one.field == "references")
    assert not fields(second.blocks) & {"references", "opening"}
    Connection.objects.update(base_url="http://localhost:8000/sandbox/reapi/api/v1")
    assert "references" not in fields(asked(chain, alice)[0].blocks)


def test_the_sibling_of_the_same_tier_is_chosen_and_said(team: Team, alice: User) -> None:
    account(team, "evolink")
    board = film(team, alice, [PROMPT.format("a"), PROMPT.format("b"), PROMPT.format("c")], joint=Joint.CONTINUE)
    fast = "seedance-2.0-fast-text-to-video"
    actions.save_field(board, name="model", value=fast, base_version=None, by=alice)
    third = board.shots.get(position=3)
    actions.set_references(third, references=[picture(team).public_id], by=alice)
    first, second, last = asked(board, alice)
    assert [one.model.id if one.model else "" for one in (first, second, last)] == [
        fast,
        "seedance-2.0-fast-image-to-video",
        "seedance-2.0-fast-reference-to-video",
    ]
    assert (first.said, "image-to-video" in second.said) == ("", True)
    assert [one.blocks for one in (first, second, last)] == [[], [], []]


def test_a_model_that_its_address_does_not_know_is_asked_for(chain: Board, alice: User) -> None:
    actions.save_field(chain, name="model", value="sora", base_version=None, by=alice)
    assert fields(asked(chain, alice)[0].blocks) == {"model"}
