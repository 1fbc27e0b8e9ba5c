"""The frame's tags: icons, faces, the team's navigation."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.template import engines

from storyboard.frame import icons
from storyboard.teams.models import Membership, Role, Team, User
from storyboard.teams.queries import teams_of

Join = Callable[[User, Role], Membership]
NAV = "{% team_nav %}{% block nav %}audit{% endblock %}{% end_team_nav %}"


def render(text: str, **context: object) -> str:
    return engines["django"].from_string("{% load frame %}" + text).render(context)


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert render('{% icon "x" %}') == ('<svg class="ic" aria-hidden="true"><use href="/static/icons.svg#x"/></svg>')
    assert 'role="img" aria-label="Remove &lt;Bob&gt;"' in render('{% icon "x" label=who %}', who="Remove <Bob>")


def test_a_face_shows_initials_on_a_colour_that_stays(bob: User) -> None:
    once = render("{% avatar bob %}", bob=bob)
    assert ">BF</span>" in once
    assert once == render("{% avatar bob %}", bob=bob)


@pytest.mark.parametrize(("role", "seen"), [(Role.VIEWER, ["Team"]), (Role.OWNER, ["Team", "Audit log"])])
def test_the_navigation_shows_what_the_role_opens(
    team: Team, bob: User, join: Join, role: Role, seen: list[str]
) -> None:
    join(bob, role)
    html = render(NAV, team=team, my_teams=list(teams_of(bob)))
    assert [label for label in ("Team", "Audit log") if f">{label}</a>" in html] == seen
    assert f'href="/teams/{team.public_id}/"' in html


def test_the_current_entry_is_marked(team: Team, alice: User) -> None:
    html = render(NAV, team=team, my_teams=list(teams_of(alice)))
    assert f'<a href="/teams/{team.public_id}/audit/" aria-current="page">Audit log</a>' in html
    assert html.count("aria-current") == 1


def test_an_outsider_and_a_page_without_a_team_get_no_navigation(team: Team, charlie: User) -> None:
    assert render(NAV, team=team, my_teams=list(teams_of(charlie))).strip() == ""
    assert render(NAV, my_teams=list(teams_of(charlie))).strip() == ""


def test_the_sprite_holds_only_shapes() -> None:
    text = icons.SPRITE.read_text()
    assert len(icons.names()) > 30
    assert text.count("<symbol") == text.count("</symbol>") == len(icons.names())
    assert not any(word in text for word in ("<script", "style=", "on=", "href"))


def test_the_sprite_can_be_built_again(tmp_path: Path) -> None:

    (tmp_path / "dot.svg").write_text(
        '<!-- x -->\n<svg\n  width="24"\n>\n  <circle cx="1" />\n  <path d="M1" />\n</svg>\n'
    )
    built = icons.build(tmp_path, {"dot"})
    assert '<symbol id="dot" viewBox="0 0 24 24"><circle cx="1"/><path d="M1"/></symbol>' in built
