"""The front page, the list of teams and the team page: where they lead, and what they do with bad input."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.teams import actions
from storyboard.teams.fields import one_line
from storyboard.teams.models import Membership, Role, Team, User
from tests.teams.conftest import Invite

Join = Callable[[User, Role], Membership]
AsUser = Callable[[User], Client]

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    '<div hx-get="/accounts/logout/" hx-trigger="load">',
    "<base href=//evil.example>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "Robert'); DROP TABLE teams_team;--",
    "😀 Équipe 東京 עברית",
]


def test_strangers_read_what_lastframe_is(client: Client) -> None:
    text = client.get(reverse("home")).text
    assert reverse("account_login") in text
    assert reverse("account_signup") in text


def test_home_is_the_only_team(team: Team, alice: User, as_user: AsUser) -> None:
    assert as_user(alice).get("/").headers["Location"] == reverse("boards", args=[team.public_id])


def test_home_is_the_team_used_last(team: Team, alice: User, as_user: AsUser) -> None:
    other = actions.create_team(alice, name="Second unit")
    client = as_user(alice)
    assert client.get("/").headers["Location"] == reverse("team_list")
    for chosen in (other, team):
        client.get(reverse("team", args=[chosen.public_id]))
        assert client.get("/").headers["Location"] == reverse("boards", args=[chosen.public_id])


def test_home_forgets_a_team_that_is_gone(team: Team, alice: User, as_user: AsUser) -> None:
    client = as_user(alice)
    client.get(reverse("team", args=[team.public_id]))
    actions.delete_team(team, by=alice)
    assert client.get("/").headers["Location"] == reverse("team_list")


def test_somebody_without_a_team_learns_what_one_is_for(bob: User, as_user: AsUser) -> None:
    text = as_user(bob).get(reverse("team_list")).text
    assert "You are in no team yet" in text
    assert "Your first team" in text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give the team a name."),
        (" \t\x00\u200b\u202e ", "Give the team a name."),
        ("x" * 81, "80 characters or fewer"),
        ("x" * 100_000, "80 characters or fewer"),
        ("Win at https://evil.example", "cannot hold a web address"),
        ("www.evil.example", "cannot hold a web address"),
    ],
)
def test_a_name_that_cannot_be_is_a_sentence_and_stays_typed(
    team: Team, alice: User, as_user: AsUser, name: str, sentence: str
) -> None:
    answers = [
        as_user(alice).post(reverse("team_list"), {"name": name}),
        as_user(alice).post(reverse("team_rename", args=[team.public_id]), {"team-name": name}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert sentence in answer.text
        assert name.strip(" \t\x00\u200b\u202e") in answer.text
    assert list(Team.objects.values_list("name", flat=True)) == ["Northlight"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_text_on_every_page(
    team: Team, alice: User, bob: User, join: Join, as_user: AsUser, name: str
) -> None:
    User.objects.filter(pk=bob.pk).update(name=name)
    member = join(bob, Role.EDITOR)
    client, ids = as_user(alice), [team.public_id]
    assert client.post(reverse("team_rename", args=ids), {"team-name": name}).status_code == 302
    assert Team.objects.get().name == name
    for page in ("team_list", "team", "team_people", "team_leave", "team_delete", "team_audit", "member_remove"):
        keys = [] if page == "team_list" else [*ids, member.public_id] if page == "member_remove" else ids
        text = client.get(reverse(page, args=keys)).text
        for mark in ("<img src=x", "<script>alert", "<div hx-get", "<base "):
            assert mark not in text


def test_names_lose_what_deceives_the_eye() -> None:
    assert one_line(" North\x00\x07\r\n light\u202e\u200b ") == "North light"
    assert one_line("e\u0301") == "é"
    family = "👨\u200d👩\u200d👧"
    assert one_line(family) == family


def test_deleting_asks_for_the_name(team: Team, alice: User, as_user: AsUser) -> None:
    client, url = as_user(alice), reverse("team_delete", args=[team.public_id])
    for typed in ("", "northlight", "Northlight!"):
        answer = client.post(url, {"name": typed})
        assert answer.status_code == 422
        assert "Type “Northlight” to delete it." in answer.text
    assert client.post(url, {"name": "  Northlight "}).status_code == 302
    assert Team.objects.get().deleted_at is not None


# Everything a form might be talked into changing, beside what it is for.
EXTRA = {
    "id": "999",
    "pk": "999",
    "public_id": "x" * 20,
    "team": "999",
    "team_id": "999",
    "user": "999",
    "deleted_at": "2026-01-01",
    "created_at": "2000-01-01",
    "invited_by": "999",
    "token_hash": "0" * 64,
    "accepted_at": "2026-01-01",
    "expires_at": "2100-01-01",
    "is_active": "0",
}


def test_forms_take_only_what_they_are_for(team: Team, alice: User, bob: User, join: Join, as_user: AsUser) -> None:
    member, client = join(bob, Role.VIEWER), as_user(alice)
    before = [frozen(row) for row in (team, member, alice, bob)]
    client.post(reverse("team_rename", args=[team.public_id]), EXTRA | {"team-name": "Southlight"})
    client.post(reverse("member_role", args=[team.public_id, member.public_id]), EXTRA | {"role": Role.EDITOR.value})
    client.post(reverse("team_list"), EXTRA | {"name": "New", "role": Role.VIEWER.value})
    assert [frozen(row) for row in (team, member, alice, bob)] == before
    assert Membership.objects.get(team__name="New").role == Role.OWNER
    assert Team.objects.get(name="New").deleted_at is None


def test_an_invitation_takes_an_address_and_a_role_only(
    team: Team, alice: User, as_user: AsUser, invite: Invite
) -> None:
    plain, _ = invite("plain@example.com")
    data = EXTRA | {"email": "d@example.com", "role": Role.EDITOR.value}
    as_user(alice).post(reverse("team_invite", args=[team.public_id]), data)
    made = team.invitations.get(email="d@example.com")
    assert (made.invited_by, made.accepted_at, made.role) == (alice, None, Role.EDITOR)
    assert abs((made.expires_at - plain.expires_at).total_seconds()) < 60
    assert made.public_id != EXTRA["public_id"]
    assert made.token_hash != EXTRA["token_hash"]


def frozen(row: Team | Membership | User) -> dict[str, object]:
    """The row without what the test means to change."""
    values = type(row).objects.filter(pk=row.pk).values().get()
    return {key: value for key, value in values.items() if key not in {"name", "role", "last_login"}}


def test_a_session_that_ended_takes_the_whole_page_to_the_door(team: Team, client: Client) -> None:
    page = reverse("team", args=[team.public_id])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    answer = client.get(reverse("team_people", args=[team.public_id]), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next={page}"


def test_a_page_address_that_is_none_does_not_break_the_way_to_the_door(team: Team, client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[nowhere"}
    answer = client.get(reverse("team_people", args=[team.public_id]), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next=/"


def test_only_owners_see_what_only_owners_do(
    team: Team, bob: User, join: Join, as_user: AsUser, invite: Invite
) -> None:
    invite("secret@example.com")
    join(bob, Role.PRODUCER)
    text = as_user(bob).get(reverse("team", args=[team.public_id])).text
    for words in ("Invite somebody", "secret@example.com", "Rename", "Delete the team", "Audit log", "<select"):
        assert words not in text
    assert "spends money" in text


def test_the_team_page_costs_few_queries(
    team: Team, alice: User, as_user: AsUser, join: Join, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(30):
        join(User.objects.create(email=f"m{number}@example.com"), Role.VIEWER)
    client, url = as_user(alice), reverse("team", args=[team.public_id])
    client.get(url)
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        client.get(url)


def test_an_open_page_of_a_removed_member_leads_to_their_teams(
    as_user: AsUser, bob: User, team: Team, join: Join
) -> None:
    member, client = join(bob, Role.VIEWER), as_user(bob)
    client.get(f"/teams/{team.public_id}/")
    member.delete()
    answer = client.get(f"/teams/{team.public_id}/people/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/teams/"
    assert "You are no longer in that team" in client.get("/teams/").content.decode()
    assert client.get(f"/teams/{team.public_id}/people/").status_code == 404


def test_a_stranger_asking_for_the_people_is_told_nothing(as_user: AsUser, charlie: User, team: Team) -> None:
    answer = as_user(charlie).get(f"/teams/{team.public_id}/people/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "HX-Redirect" not in answer.headers
