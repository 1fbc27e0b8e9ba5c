"""A file is compared with what each vendor takes, and the difference is told in one sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest

from storyboard.media.checks import Fit, fits, is_of_use, media_of
from storyboard.providers import catalog
from storyboard.providers.base import Kind, Media
from storyboard.providers.dispatch import vendor_file
from storyboard.rendering import probe

MB = 1024 * 1024
CLIP = Media(kind=Kind.VIDEO, seconds=Decimal(12), width=1280, height=720, fps=Decimal(24), size=9 * MB, format="mp4")
PICTURE = Media(kind=Kind.IMAGE, width=1280, height=720, size=MB, format="png")
SOUND = Media(kind=Kind.AUDIO, seconds=Decimal(8), size=MB, format="mp3")


def said(media: Media, vendor: str, model: str) -> tuple[bool, str]:
    found = [fit for fit in fits(media) if fit.vendor == vendor and model in fit.models]
    assert len(found) == 1
    return found[0].takes, found[0].sentence


def of_reapi(**changes: object) -> tuple[bool, str]:
    return said(replace(CLIP, **changes), "reapi", "doubao-seedance-2.0")  # type: ignore[arg-type]


def of_evolink(media: Media, **changes: object) -> tuple[bool, str]:
    changed = replace(media, **changes)  # type: ignore[arg-type]
    return said(changed, "evolink", "seedance-2.0-reference-to-video")


def test_a_clip_that_fits_is_told_what_may_stand_beside_it() -> None:
    assert of_reapi() == (True, "12 s; reAPI takes 2 to 15 s each and 15 s together.")


def test_a_picture_without_a_limit_is_taken_as_it_is() -> None:
    assert said(PICTURE, "reapi", "doubao-seedance-2.0") == (True, "reAPI takes it as it is.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seconds": Decimal(18)}, "18 s; reAPI takes 2 to 15 s each and 15 s together."),
        ({"seconds": Decimal("15.04")}, "15.04 s; reAPI takes 2 to 15 s each and 15 s together."),
        (
            {"width": 6400, "height": 1280},
            "6400 × 1280, 5 times as wide as high; reAPI takes 300 to 6000 px a side, 0.4 to 2.5 times.",
        ),
        ({"width": 640, "height": 480}, "307,200 pixels; reAPI takes 409,600 to 8,300,000 pixels."),
    ],
)
def test_reapi_says_what_is_wrong_and_what_would_be_right(changes: dict[str, object], sentence: str) -> None:
    assert of_reapi(**changes) == (False, sentence)


@pytest.mark.parametrize(
    ("media", "changes", "sentence"),
    [
        (CLIP, {"format": "webm"}, "WebM; EvoLink takes MP4 or MOV."),
        (CLIP, {"size": 64 * MB}, "64 MB; EvoLink takes up to 50 MB."),
        (CLIP, {"size": 50 * MB + 1}, "50.1 MB; EvoLink takes up to 50 MB."),
        (CLIP, {"fps": Decimal(120)}, "120 pictures a second; EvoLink takes 24 to 60 a second."),
        (CLIP, {"width": 1920, "height": 1080}, "2,073,600 pixels; EvoLink takes 409,600 to 927,408 pixels."),
        (PICTURE, {"format": "gif"}, "GIF; EvoLink takes JPEG, PNG or WebP."),
        (SOUND, {"seconds": Decimal("1.5")}, "1.5 s; EvoLink takes 2 to 15 s each and 15 s together."),
        (SOUND, {"format": "mp4", "size": 20 * MB}, "MP4, 20 MB; EvoLink takes WAV or MP3, up to 15 MB."),
    ],
)
def test_evolink_says_what_is_wrong_and_what_would_be_right(
    media: Media, changes: dict[str, object], sentence: str
) -> None:
    assert of_evolink(media, **changes) == (False, sentence)


def test_a_sound_longer_than_all_together_may_be_is_not_taken() -> None:
    long = replace(SOUND, seconds=Decimal(20))
    assert said(long, "reapi", "doubao-seedance-2.0") == (False, "20 s; reAPI takes 15 s together.")


def test_an_open_end_is_outside_and_a_short_clip_may_have_company() -> None:
    model = catalog.models("apimart")[0].id
    small = replace(CLIP, width=1112, height=834)
    words = "APIMart takes more than 1.8 and less than 15.2 s together."
    assert said(replace(small, seconds=Decimal("15.2")), "apimart", model) == (False, f"15.2 s; {words}")
    assert said(replace(small, seconds=Decimal(1)), "apimart", model) == (True, f"1 s; {words}")


def test_models_of_one_opinion_stand_in_one_row() -> None:
    rows = [fit for fit in fits(replace(CLIP, seconds=Decimal(18))) if fit.vendor == "reapi"]
    assert [(fit.takes, len(fit.models)) for fit in rows] == [(False, 6), (True, 1)]
    assert rows[1] == Fit(
        vendor="reapi", models=("seedance-2.0-mini",), takes=True, sentence="reAPI takes it as it is."
    )


def test_models_that_take_no_such_file_are_left_out() -> None:
    named = {model for fit in fits(CLIP) for model in fit.models}
    assert "seedance-2.0-text-to-video" not in named
    assert "seedance-2.0-image-to-video" not in named


def test_facts_become_media_word_for_word() -> None:
    facts = probe.Facts(
        kind=probe.Kind.VIDEO, format="mp4", size=9 * MB, seconds=Decimal(12), width=1280, height=720, fps=Decimal(24)
    )
    assert media_of(facts) == CLIP
    assert is_of_use(CLIP)


@pytest.mark.parametrize("seconds", ["1", "1.8", "2", "12", "15", "15.1", "15.2", "18"])
@pytest.mark.parametrize("size", [(640, 640), (1280, 720), (1920, 1080), (300, 1200), (6001, 3000)])
def test_what_evolink_would_refuse_is_what_is_said(seconds: str, size: tuple[int, int]) -> None:
    """The vendor's own rules, asked about a request with this clip alone, come to the same."""
    media = replace(CLIP, seconds=Decimal(seconds), width=size[0], height=size[1])
    model = "seedance-2.0-reference-to-video"
    body = {"model": model, "prompt": "A boat", "video_urls": ["https://a.example/b.mp4"]}
    problems = vendor_file("evolink").problems(body, {"https://a.example/b.mp4": media})
    assert said(media, "evolink", model)[0] is not any(problem.field == "video_urls" for problem in problems)
