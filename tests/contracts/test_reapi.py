"""Holds reAPI’s rules, bodies and catalog to each line of its documentation."""

import pytest

from storyboard.providers import reapi
from storyboard.providers.base import Body
from storyboard.providers.catalog import Model
from tests.contracts import reapi_mini_rows as mini
from tests.contracts import reapi_rows as family
from tests.contracts.reapi_rows import FACE, MINI, Recipe
from tests.contracts.rows import Row

ROWS = [*family.VALIDATION, *family.PARAMETERS, *family.VARIANTS]
RECIPES = [*family.RECIPES, *mini.RECIPES]
MODELS = {model.id: model for model in reapi.ROWS.models}


def named(value: object) -> str | None:
    return value.name if isinstance(value, Row | Recipe) else None


def filled(body: Body, model: Model) -> Body:
    """With the vendor’s defaults for what is left out."""
    defaults = {param.name: param.default for param in model.params if param.default is not None}
    return defaults | body


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_the_family_answers_as_its_page_says(row: Row) -> None:
    judge(row)


@pytest.mark.parametrize("row", [*mini.PARAMETERS, *mini.MODES], ids=named)
def test_the_low_cost_model_answers_as_its_page_says(row: Row) -> None:
    judge(row)


def judge(row: Row) -> None:
    found = reapi.problems(row.body, row.media)
    if row.status == 200:
        assert found == []
        return
    first = found[0]
    assert (first.status, first.code, first.message) == (row.status, row.code, row.message)
    assert first.sentence.endswith(".")
    assert first.field


@pytest.mark.parametrize("recipe", RECIPES, ids=named)
def test_a_shot_becomes_the_recipe_s_body(recipe: Recipe) -> None:
    model = MODELS[recipe.model]
    sent = reapi.body(recipe.request, model)
    assert filled(sent, model) == filled(recipe.body, model)
    assert reapi.problems(sent, {}) == []
    assert reapi.problems(recipe.body, {}) == []


@pytest.mark.parametrize("recipe", RECIPES, ids=named)
def test_ratio_resolution_audio_and_length_are_always_said(recipe: Recipe) -> None:
    sent = reapi.body(recipe.request, MODELS[recipe.model])
    ratio = "aspect_ratio" if recipe.model == MINI else "size"
    assert {ratio, "resolution", "generate_audio", "duration"} <= sent.keys()
    assert sent.keys() <= {param.name for param in MODELS[recipe.model].params}


@pytest.mark.parametrize("row", family.PARAM_ROWS, ids=lambda row: row[0])
def test_the_catalog_has_the_family_s_parameter(row: tuple[object, ...]) -> None:
    param = next(param for param in MODELS[FACE].params if param.name == row[0])
    found = (param.name, param.type, param.required, param.default, param.choices, (param.low, param.high))
    assert found == row


@pytest.mark.parametrize("row", mini.PARAM_ROWS, ids=lambda row: row[0])
def test_the_catalog_has_the_low_cost_model_s_field(row: tuple[object, ...]) -> None:
    param = next(param for param in MODELS[MINI].params if param.name == row[0])
    assert (param.name, param.type, param.default) == row


def test_the_low_cost_model_has_exactly_twelve_fields_beside_its_name() -> None:
    assert [param.name for param in MODELS[MINI].params][1:] == [name for name, *_ in mini.PARAM_ROWS]


def test_what_is_wrong_comes_in_the_order_of_the_table() -> None:
    images, sounds = family.urls(10), family.urls(4, "wav")
    broken = family.sent(
        prompt="ab", image_urls=images, image_with_roles=[{"url": images[0], "role": "start"}], tools=[{"type": "code"}]
    ) | {"audio_urls": sounds, "video_urls": [*family.urls(4, "mp4"), "data:"], "duration": 3, "size": "2:1"}
    media = {url: family.sound("5") for url in sounds} | {family.ONE: family.clip("16", 10, 10), family.TWO: None}
    codes = [(problem.field, problem.code) for problem in reapi.problems(broken | {"resolution": "8k"}, media)]
    assert codes == [
        ("prompt", "20003"),
        *[("image_with_roles", "20003")] * 2,
        ("image_urls", "20003"),
        ("image_with_roles", "20003"),
        *[("video_urls", "20003")] * 3,
        *[("audio_urls", "20003")] * 2,
        ("duration", "20003"),
        ("size", "20005"),
        ("resolution", "20003"),
        ("tools", "20003"),
        ("video_urls", "20003"),
        ("video_urls", "30002"),
    ]


def test_no_row_stands_twice() -> None:
    rows = [*ROWS, *mini.PARAMETERS, *mini.MODES]
    assert len({(row.name, str(row.body)) for row in rows}) == len(rows)
    assert len(family.RECIPES) == 9 + 1  # the chain has two steps
