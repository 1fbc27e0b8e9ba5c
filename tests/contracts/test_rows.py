"""The rows as a whole: every vendor has some, each can be told from the others, and all can be sent."""

import json
from collections import Counter

import pytest

from storyboard.providers.base import Level
from storyboard.providers.catalog import VENDOR_FILES
from storyboard.providers.dispatch import vendor_file
from tests.contracts.rows import all_rows, counts

# The recipes and cases of the vendors’ pages; EvoLink’s and Ark’s have none. reAPI’s chain has two steps.
RECIPES = {"reapi": 10 + 3, "apimart": 13, "evolink": 0, "ark": 0}


def test_every_vendor_has_rows() -> None:
    assert list(counts()) == list(VENDOR_FILES)
    assert counts().total() == len(list(all_rows()))


def test_no_two_rows_of_a_vendor_have_one_name() -> None:
    names = Counter((vendor, row.name) for vendor, row in all_rows())
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("vendor", VENDOR_FILES)
def test_every_recipe_of_the_page_is_a_row(vendor: str) -> None:
    found = [row for name, row in all_rows() if name == vendor and ("recipe: " in row.name or "case: " in row.name)]
    assert len(found) == RECIPES[vendor]


def test_every_row_can_be_sent_and_is_taken_or_refused_by_the_rules_as_it_says() -> None:
    for vendor, row in all_rows():
        assert json.loads(json.dumps(row.body, allow_nan=False)) == row.body
        found = [one for one in vendor_file(vendor).problems(row.body, row.media) if one.level is Level.PROBLEM]
        assert (found[0].status if found else 200) == row.status, (vendor, row.name)
        assert not found or not row.code or found[0].code == row.code, (vendor, row.name)
