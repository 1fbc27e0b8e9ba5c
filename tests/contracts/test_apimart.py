"""APIMart’s page, row by row: parameters, ranges, gates, warnings, errors and its thirteen use cases."""

import pytest

from storyboard.providers import apimart
from storyboard.providers.base import Kind, Level
from storyboard.providers.catalog import Model
from tests.contracts.apimart_cases import CASES, DEFAULTS, Case
from tests.contracts.apimart_rows import ADVISED, MODELS, ROWS, SILENT
from tests.contracts.rows import Row

BY_ID = {model.id: model for model in apimart.ROWS.models}
# Name, type, default, required, low, high.
PARAMETERS = [
    ("model", "string", None, True, None, None),
    ("prompt", "string", None, False, None, None),
    ("duration", "integer", 5, False, 4, 15),
    ("size", "string", "16:9", False, None, None),
    ("resolution", "string", "720p", False, None, None),
    ("seed", "integer", None, False, None, None),
    ("generate_audio", "boolean", False, False, None, None),
    ("return_last_frame", "boolean", False, False, None, None),
    ("tools", "objects", None, False, None, None),
    ("image_urls", "strings", None, False, None, None),
    ("image_with_roles", "objects", None, False, None, None),
    ("video_urls", "strings", None, False, None, None),
    ("audio_urls", "strings", None, False, None, None),
    ("webhook", "string", None, False, None, None),
]
# Model, resolutions, longest prompt, assets, real people.
MODEL_TABLE = [
    ("doubao-seedance-2.0", ("480p", "720p", "1080p", "4k"), 4000, True, False),
    ("doubao-seedance-2.0-fast", ("480p", "720p"), 4000, True, False),
    ("doubao-seedance-2.0-face", ("480p", "720p", "1080p"), 4000, False, True),
    ("doubao-seedance-2.0-fast-face", ("480p", "720p"), 4000, False, True),
    ("doubao-seedance-2.0-mini", ("480p", "720p"), None, False, None),
]
# Status, type, message.
ENVELOPES = [
    (400, "invalid_request_error", "Invalid request parameters"),
    (401, "authentication_error", "Authentication failed, please check your API key"),
    (402, "payment_required", "Insufficient account balance, please top up and try again"),
    (429, "rate_limit_error", "Too many requests, please try again later"),
    (500, "server_error", "Internal server error, please try again later"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_body_is_taken_or_refused_as_the_page_says(row: Row) -> None:
    found = [problem for problem in apimart.problems(row.body, row.media) if problem.level is Level.PROBLEM]
    if row.status == 200:
        assert found == []
    else:
        answers = {(problem.status, problem.code, problem.message) for problem in found}
        assert answers == {(row.status, row.code, row.message)}
        assert row.names in [problem.field for problem in found]


@pytest.mark.parametrize("row", ADVISED, ids=lambda row: row.name)
def test_a_body_is_taken_with_a_word_of_advice(row: Row) -> None:
    found = apimart.problems(row.body, row.media)
    assert {problem.level for problem in found} == {Level.WARNING}
    assert row.names in [problem.field for problem in found]


@pytest.mark.parametrize("row", SILENT, ids=lambda row: row.name)
def test_a_body_is_taken_without_a_word(row: Row) -> None:
    assert apimart.problems(row.body, row.media) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_use_case_of_the_page_is_taken(case: Case) -> None:
    assert [found for found in apimart.problems(case.body, {}) if found.level is Level.PROBLEM] == []


@pytest.mark.parametrize("case", [case for case in CASES if case.request], ids=lambda case: case.name)
def test_a_use_case_is_what_our_shot_becomes(case: Case) -> None:
    assert case.request
    model = BY_ID[case.body["model"]]
    assert apimart.body(case.request, model) == DEFAULTS | case.body
    assert apimart.unfit(case.request, model) == []


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda row: row[0])
@pytest.mark.parametrize("model", apimart.ROWS.models, ids=lambda model: model.id)
def test_a_parameter_stands_in_the_catalog_as_on_the_page(parameter: tuple[object, ...], model: Model) -> None:
    found = {param.name: param for param in model.params}[str(parameter[0])]
    assert (found.name, found.type, found.default, found.required, found.low, found.high) == parameter


def test_the_catalog_has_no_parameter_that_the_page_lacks() -> None:
    assert {tuple(param.name for param in model.params) for model in apimart.ROWS.models} == {
        tuple(row[0] for row in PARAMETERS)
    }


@pytest.mark.parametrize("row", MODEL_TABLE, ids=lambda row: row[0])
def test_a_model_stands_in_the_catalog_as_on_the_page(row: tuple[str, tuple[str, ...], int | None, bool, bool]) -> None:
    model = BY_ID[row[0]]
    assets = {limits.asset_urls for limits in model.limits.values()}
    assert (model.id, model.resolutions, model.prompt[1], assets == {True}, model.real_people) == row
    assert {kind: limits.count for kind, limits in model.limits.items()} == {
        Kind.IMAGE: 9,
        Kind.VIDEO: 3,
        Kind.AUDIO: 3,
    }
    assert len(assets) == 1


def test_the_models_are_the_five_of_the_page() -> None:
    assert tuple(BY_ID) == MODELS


@pytest.mark.parametrize(("status", "word", "message"), ENVELOPES, ids=[str(row[0]) for row in ENVELOPES])
def test_an_error_has_the_envelope_of_the_page(status: int, word: str, message: str) -> None:
    problem = apimart.wrong("", status=status)
    assert apimart.envelope(problem, "req_1") == {"error": {"code": status, "message": message, "type": word}}
