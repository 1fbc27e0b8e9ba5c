"""The words for faults: found in any prompt, never seen in the clip, and joined with the key's own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.sandbox.faults import FAULTS, read, without
from storyboard.sandbox.models import Key

PLAIN = Key(faults={})


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("A boat at dusk", {}),
        ("A boat sandbox:fail", {"fail": ""}),
        ("A boat. Sandbox:Fail=80007. Dusk", {"fail": "80007"}),
        ("sandbox:fail=InputTextSensitiveContentDetected.PolicyViolation.", None),
        ("sandbox:busy=30, sandbox:slow", {"busy": "30", "slow": ""}),
        ("sandbox:busy", {"busy": "5"}),
        ("sandbox:busy=soon", {"busy": "5"}),
        ("sandbox:slow=9", {"slow": ""}),
        ("sandbox:nonsense sandbox:fails", {}),
        ("mysandbox:fail a:sandbox:fail", {}),
        ("船 sandbox:hang 海", {"hang": ""}),
    ],
)
def test_words_are_found(prompt: str, found: dict[str, str] | None) -> None:
    expected = {"fail": "InputTextSensitiveContentDetected.PolicyViolation"} if found is None else found
    assert read(prompt, PLAIN) == expected


def test_the_prompt_goes_before_the_key() -> None:
    key = Key(faults={"fail": "", "slow": "", "long gone": ""})
    assert read("sandbox:fail=80007", key) == {"fail": "80007", "slow": ""}


@pytest.mark.parametrize(
    ("prompt", "seen"),
    [
        ("A boat at dusk", "A boat at dusk"),
        ("A boat sandbox:fail=80007, slow dolly", "A boat, slow dolly"),
        ("sandbox:slow A boat sandbox:hang.", "A boat."),
        ("sandbox:slwo A boat", "sandbox:slwo A boat"),
        ("Two\n\nlines", "Two\n\nlines"),
        ("sandbox:slow", ""),
    ],
)
def test_the_caption_shows_the_prompt_without_them(prompt: str, seen: str) -> None:
    assert without(prompt) == seen


@given(st.text(max_size=80), st.sampled_from(sorted(FAULTS)), st.text(max_size=80))
def test_every_word_is_found_between_any_others(before: str, name: str, after: str) -> None:
    prompt = f"{before} sandbox:{name} {after}"
    assert name in read(prompt, PLAIN)
    assert f"sandbox:{name} " not in without(prompt)


def test_every_value_that_is_usual_or_an_example_is_taken() -> None:
    for fault in FAULTS.values():
        for value in (fault.usual, fault.example):
            assert not value or re.fullmatch(fault.value, value)
