"""What a person is told about a shot before it costs anything, and that each vendor's file is found in one place."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from storyboard.providers import catalog, preflight, price, reapi
from storyboard.providers.base import Kind, Level, Media, Probed, Reference, ShotRequest
from storyboard.providers.catalog import Model, Rate
from storyboard.providers.dispatch import VendorFile, vendor_file

MODELS = {model.id: model for model in reapi.ROWS.models}
FACE, OFFICIAL = MODELS["doubao-seedance-2.0-face"], MODELS["doubao-seedance-2.0-official"]
MINI = MODELS["seedance-2.0-mini"]
SHOT = ShotRequest(prompt="A kitten, yawning into the camera, slow push-in, cinematic warm tones")
STILL, CLIP = "https://files.example/s.png", "https://files.example/c.mp4"
STILLS, CLIPS = (Reference(STILL, Kind.IMAGE),), (Reference(CLIP, Kind.VIDEO),)

RAW = re.compile("resolution|ratio|quality|duration")


def told(request: ShotRequest, model: Model = FACE, media: Probed | None = None) -> list[tuple[str, str]]:
    return [(problem.level.value, problem.field) for problem in preflight.check(request, model, media or {})]


def clip(seconds: str) -> Media:
    return Media(kind=Kind.VIDEO, seconds=Decimal(seconds), width=1280, height=720)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_a_good_shot_is_told_nothing(model: Model) -> None:
    assert told(SHOT, model) == []


@pytest.mark.parametrize(
    ("field", "request_"),
    [
        ("prompt", replace(SHOT, prompt="Slow push-in. " + "a" * 487)),
        ("seconds", replace(SHOT, seconds=4)),
        ("seconds", replace(SHOT, seconds=11)),
        ("prompt", replace(SHOT, prompt="A kitten yawns, cinematic warm tones")),
    ],
    ids=["over 500 characters", "below 5 s", "above 10 s", "no camera move"],
)
def test_the_pages_advice_is_a_warning(field: str, request_: ShotRequest) -> None:
    assert told(request_) == [("warning", field)]


@pytest.mark.parametrize("seconds", [5, 10])
def test_500_characters_and_5_to_10_seconds_are_fine(seconds: int) -> None:
    assert told(replace(SHOT, prompt="Slow push-in. " + "a" * 486, seconds=seconds)) == []


@pytest.mark.parametrize(
    "prompt",
    [
        "Kamerafahrt um das Haus",
        "El gato, la cámara se acerca",
        "猫打哈欠，镜头缓慢推进",
        "A street, tracking shot",
        "POV, a door",
    ],
)
def test_a_camera_move_is_heard_in_other_words_too(prompt: str) -> None:
    assert told(replace(SHOT, prompt=prompt)) == []


def test_pictures_may_show_people_only_where_the_model_takes_them() -> None:
    assert told(replace(SHOT, references=STILLS), OFFICIAL) == [("warning", "references")]
    assert told(replace(SHOT, opening=STILL), OFFICIAL) == [("warning", "references")]
    assert told(replace(SHOT, references=STILLS), FACE) == []


def test_a_long_reference_video_is_better_trimmed() -> None:
    shot = replace(SHOT, references=CLIPS)
    assert told(shot, media={CLIP: clip("12")}) == [("warning", "references")]
    assert told(shot, media={CLIP: clip("5")}) == []
    assert told(replace(SHOT, motion_tail=CLIP), media={CLIP: clip("12")}) == []


def test_problems_come_before_warnings_and_carry_neutral_fields() -> None:
    shot = replace(SHOT, seconds=3, ratio="2:1", resolution="8k", seed=1)
    assert told(shot) == [
        ("problem", "seed"),
        ("problem", "seconds"),
        ("problem", "ratio"),
        ("problem", "resolution"),
        ("warning", "seconds"),
    ]


def test_the_vendor_s_own_words_come_along() -> None:
    found = preflight.check(replace(SHOT, resolution="4k"), MODELS["doubao-seedance-2.0-fast"], {})
    assert [(problem.level, problem.code, problem.status) for problem in found] == [(Level.PROBLEM, "20003", 400)]
    assert found[0].message.startswith("resolution=4k is not supported by doubao-seedance-2.0-fast ")


@pytest.mark.parametrize("vendor", [one.id for one in catalog.vendors()])
def test_a_setting_is_called_as_the_page_calls_it(vendor: str) -> None:
    asked = replace(SHOT, resolution="8k", ratio="5:4", seconds=99)
    for model in catalog.models(vendor):
        told = [problem for problem in preflight.check(asked, model, {}) if problem.level is Level.PROBLEM]
        found = {problem.field: problem.sentence for problem in told}
        for name, word in {"resolution": "size", "ratio": "shape", "seconds": "length"}.items():
            assert word in found[name], (model.id, found[name])
            assert not RAW.search(found[name]), (model.id, found[name])


def test_references_beside_an_opening_frame_are_a_problem_for_the_low_cost_model() -> None:
    shot = replace(SHOT, opening=STILL, references=STILLS)
    assert told(shot, MINI) == [("problem", "references")]
    assert told(shot, FACE) == []


def test_a_quote_is_the_vendor_s_price_of_the_vendor_s_body() -> None:
    shot = replace(SHOT, seconds=6, references=CLIPS)
    found = price.quote(shot, MODELS["doubao-seedance-2.0"], {CLIP: clip("5")})
    assert (found.credits, found.reserved_credits, found.micro_usd) == (1143, 1143, 1_143_000)
    assert (found.seconds, found.basis) == (Decimal(11), "ref")
    assert found.as_of is not None


def test_a_connection_s_own_rates_go_before_the_shipped_ones() -> None:
    assert price.quote(SHOT, MINI, {}).micro_usd is None
    assert price.quote(SHOT, MINI, {}, {"720p": Rate(Decimal("0.05"), Decimal("0.03"))}).micro_usd == 250_000


def test_a_vendor_s_file_is_found_by_its_id() -> None:
    held: VendorFile = reapi
    assert vendor_file("reapi") is held
    for unknown in ("", "nobody", "base"):
        with pytest.raises(KeyError):
            vendor_file(unknown)
