"""The library's page and its picker: finding, paging, and a number of queries that does not grow."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.media import actions
from storyboard.media.models import File, Reference, Tag
from storyboard.media.views.answers import A_PAGE
from storyboard.teams.models import Role, Team, User

AsUser = Callable[[User], Client]
Join = Callable[[User, Role], object]


def stock(team: Team, count: int, *, kind: str = "image", name: str = "reference") -> list[Reference]:
    """Rows only: nothing here looks at bytes."""
    facts = {"kind": kind, "format": "png", "content_type": "image/png", "width": 40, "height": 30}
    files = [
        File(team=team, sha256=f"{kind}{n:059}", key=f"t/{kind}/{n}", size=1000, stored=1500, small_key=f"{n}", **facts)
        for n in range(count)
    ]
    File.objects.bulk_create(files)
    rows = [Reference(team=team, file=file, kind=kind, name=f"{name} {n}") for n, file in enumerate(files)]
    return Reference.objects.bulk_create(rows)


@pytest.fixture
def visitor(as_user: AsUser, alice: User, team: Team) -> Client:
    return as_user(alice)


@pytest.fixture
def address(team: Team) -> str:
    return f"/teams/{team.public_id}/library/"


def names(answer: Any) -> list[str]:
    return [reference.name for reference, _ in answer.context["cards"]]


def test_an_empty_library_teaches(visitor: Client, address: str) -> None:
    shown = visitor.get(address).content.decode()
    assert "Nothing here yet" in shown
    assert "PNG, JPEG, WebP" in shown
    assert "of 20.0\xa0GB" in shown


@pytest.mark.parametrize("path", ["", "picker/"])
def test_a_large_library_takes_no_more_queries_than_a_small_one(
    visitor: Client, address: str, team: Team, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert visitor.get(address + path).status_code == 200
        return len(captured)

    stock(team, 1)
    few = queries()
    for reference in stock(team, 300, kind="audio"):
        Tag.objects.create(reference=reference, name="night")
    assert queries() <= few


def test_a_large_library_has_pages(visitor: Client, address: str, team: Team) -> None:
    stock(team, A_PAGE + 2)
    first, second = visitor.get(address), visitor.get(f"{address}?page=2")
    assert (len(names(first)), len(names(second))) == (A_PAGE, 2)
    assert 'rel="next"' in first.content.decode()
    assert not set(names(first)) & set(names(second))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=harb", ["harbour 0"]),
        ("text=HARBOUR+0", ["harbour 0"]),
        ("text=night", ["harbour 0"]),
        ("text=harbour+keeper", []),
        ("kind=audio", ["wind 0"]),
        ("tag=night", ["harbour 0"]),
        ("kind=audio&tag=night", []),
        ("kind=nonsense", ["wind 0", "harbour 0"]),
    ],
)
def test_finding(visitor: Client, address: str, team: Team, query: str, found: list[str]) -> None:
    (harbour,) = stock(team, 1, name="harbour")
    stock(team, 1, kind="audio", name="wind")
    Tag.objects.bulk_create([Tag(reference=harbour, name=name) for name in ("night", "nightly")])
    assert names(visitor.get(f"{address}?{query}")) == found


def test_htmx_gets_the_shelf_alone(visitor: Client, address: str) -> None:
    shown = visitor.get(address, headers={"HX-Request": "true"}).content.decode()
    assert shown.lstrip().startswith('<div id="shelf"')
    assert "<html" not in shown


def test_what_was_deleted_is_not_shown_nor_found(visitor: Client, address: str, team: Team, alice: User) -> None:
    (reference,) = stock(team, 1)
    actions.delete(reference, by=alice)
    assert names(visitor.get(address)) == []
    assert "reference 0" not in visitor.get(f"{address}picker/").content.decode()


def used_by_a_board(references: Iterable[Reference]) -> dict[int, list[tuple[str, str]]]:
    return {reference.pk: [("Shot 3 of The keeper", "/boards/1/")] for reference in references if "0" in reference.name}


def test_where_a_reference_is_used_is_told(
    visitor: Client, address: str, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REFERENCE_USES", [f"{__name__}.used_by_a_board"])
    reference, _ = stock(team, 2)
    shown = visitor.get(address).content.decode()
    assert shown.count("used 1 time") == 1
    assert "Shot 3 of The keeper" in visitor.get(f"{address}{reference.public_id}/").content.decode()


def test_the_picker_offers_what_is_asked_for(visitor: Client, address: str, team: Team) -> None:
    image, *_ = stock(team, 1)
    stock(team, 1, kind="audio", name="wind")
    query = f"kinds=image,nonsense&most=1&chosen={image.public_id}&field=start"
    shown = visitor.get(f"{address}picker/?{query}").content.decode()
    assert shown.count('type="radio"') == 1
    assert "checked" in shown
    assert "wind 0" not in shown
    assert 'data-field="start"' in shown
    assert 'type="checkbox"' in visitor.get(f"{address}picker/?most=3").content.decode()


@pytest.mark.parametrize("most", ["", "0", "-1", "x", "²", "9" * 99])
def test_a_picker_that_was_asked_nonsense_still_picks(visitor: Client, address: str, most: str) -> None:
    assert visitor.get(f"{address}picker/", {"most": most, "kinds": "x", "chosen": "<"}).status_code == 200


def test_hostile_names_stay_text(visitor: Client, address: str, team: Team) -> None:
    (reference,) = stock(team, 1, name="<img src=x onerror=alert(1)>")
    for path in ("", "picker/", f"{reference.public_id}/"):
        assert "<img src=x" not in visitor.get(address + path).content.decode()


def test_a_file_that_a_vendor_cannot_take_says_so(visitor: Client, address: str, team: Team) -> None:
    (reference,) = stock(team, 1, kind="video")
    File.objects.update(seconds=22, format="mov", width=1280, height=720, fps=24, content_type="video/quicktime")
    assert "Not for every vendor" in visitor.get(address).content.decode()
    shown = visitor.get(f"{address}{reference.public_id}/").content.decode()
    assert "22 s; reAPI takes 2 to 15 s each and 15 s together." in shown
