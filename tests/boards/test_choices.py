"""Which setting counts, which value can be one, and what a model would not use."""

import pytest

from storyboard.boards.choices import NAMES, STARTING, lost, merged, model_for, wrong
from storyboard.boards.formats import values
from storyboard.providers import catalog
from storyboard.teams.models import Team
from tests.boards.films import account

STANDARD = catalog.model("reapi", "doubao-seedance-2.0")
FAST = catalog.model("reapi", "doubao-seedance-2.0-fast")


def test_the_shot_comes_before_the_board_and_the_board_before_the_product() -> None:
    found = merged({"seconds": 8, "ratio": "9:16"}, {"seconds": 10})
    assert (found.seconds, found.ratio, found.resolution) == (10, "9:16", STARTING.resolution)


def test_a_shot_may_choose_what_the_product_starts_from() -> None:
    assert merged({"audio": True, "seed": 7}, {"audio": False, "seed": None}) == STARTING


def test_what_is_no_setting_is_passed_over() -> None:
    assert merged({"prompt": "x", "seconds": 6}).seconds == 6


def test_every_starting_value_can_be_chosen() -> None:
    assert [wrong(name, getattr(STARTING, name)) for name in NAMES] == [""] * len(NAMES)


@pytest.mark.parametrize(("name", "value"), [("seconds", 61), ("seed", 2**32), ("audio", 1), ("colour", "red")])
def test_what_can_be_nobodys_choice_is_said(name: str, value: object) -> None:
    assert wrong(name, value)


def test_files_and_boards_know_the_same_settings() -> None:
    assert set(values.NAMES) == set(NAMES)


def test_what_a_model_would_not_use_is_named() -> None:
    chosen = merged({"resolution": "4k", "seed": 5, "seconds": 30})
    assert set(lost(chosen, FAST)) == {"resolution", "seed", "seconds"}
    assert lost(merged({"fallback": True}), STANDARD) == []


def test_a_model_is_of_its_connections_address(team: Team) -> None:
    connection = account(team, "ark")
    known = [one.id for one in catalog.models("ark") if model_for(connection, one.id)]
    assert known
    assert all(one.startswith("dreamina-") for one in known)
    assert model_for(connection, "doubao-seedance-2.0") is None
    assert model_for(None, known[0]) is None
