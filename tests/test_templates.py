"""Templates keep to the strict content security policy and name only icons that exist."""

import re
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template

from storyboard.frame import icons

ROOT = Path(__file__).resolve().parent.parent / "templates"
PAGES = sorted(path for path in ROOT.rglob("*.html"))
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\ssrc=)(?![^>]*\stype=\"application/json\")", re.IGNORECASE),
    "an on… handler": re.compile(r"<[^>]*\s(?:hx-)?on(?:[a-z]+\s*=|:)", re.IGNORECASE),
    "javascript in an address": re.compile(r"=\s*[\"']?\s*(?:javascript|js):", re.IGNORECASE),
}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_the_policy_would_block(path: Path) -> None:
    text = path.read_text()
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_compiles(path: Path) -> None:
    get_template(str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_names_only_icons_in_the_sprite(path: Path) -> None:
    used = re.findall(r'{% icon "([^"]+)"', path.read_text())
    assert set(used) <= icons.names()


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<a hx-on:click="x()">',
        '<a href="javascript:x()">',
    ],
)
def test_the_lint_sees_what_it_forbids(text: str) -> None:
    assert any(pattern.search(text) for pattern in FORBIDDEN.values())


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(TemplateSyntaxError, match="No icon “unicorn”"):
        engines["django"].from_string('{% load frame %}{% icon "unicorn" %}').render({})
