"""A body goes out exactly as it was approved, with real links where made-up ones stood."""

import json

import pytest

from storyboard.takes.placeholders import CALLBACK, OPENING, digest, filled, written

REFERENCE = "https://reference.invalid/abc"


def test_links_are_filled_in_wherever_they_stand() -> None:
    asked = written({"content": [{"image_url": {"url": OPENING}}], "callback_url": CALLBACK})
    body = json.loads(filled(asked, {OPENING: "https://a.example/1.png", CALLBACK: "https://b.example/x"}))
    assert body == {
        "content": [{"image_url": {"url": "https://a.example/1.png"}}],
        "callback_url": "https://b.example/x",
    }


def test_what_a_person_typed_is_never_taken_for_a_link() -> None:
    asked = written({"prompt": CALLBACK, "content": [{"type": "text", "text": OPENING}], "callback_url": CALLBACK})
    body = json.loads(filled(asked, {CALLBACK: "https://b.example/secret", OPENING: "https://a.example/1.png"}))
    assert body["prompt"] == CALLBACK
    assert body["content"][0]["text"] == OPENING


def test_a_link_that_is_missing_is_noticed_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="No link"):
        filled(written({"image_urls": [REFERENCE]}), {})


def test_nothing_but_links_can_differ_from_what_was_approved() -> None:
    # A real link that stands in the approved body already could not be told from one that was filled in.
    asked = written({"image_urls": [REFERENCE, "https://a.example/1.png"]})
    with pytest.raises(ValueError, match="not what was approved"):
        filled(asked, {REFERENCE: "https://a.example/1.png"})


def test_letters_of_every_kind_stay_as_they_are() -> None:
    asked = written({"prompt": "燈台守 \u202e🕯\u0000", "n": 1.5, "flag": None})
    assert filled(asked, {}) == asked
    assert len(digest(asked)) == 64
