"""The whole project at once: every URL has a row in the access matrix, and every row is true."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from storyboard.accounts import actions as doors
from storyboard.boards import actions as films
from storyboard.connections import actions as accounts_at_vendors
from storyboard.media import actions as media
from storyboard.media.actions.uploads import Announced
from storyboard.media.models import File, Reference, Upload
from storyboard.sandbox import actions as sandbox
from storyboard.takes.models import Delivery, Orphan, Run, State, Take
from storyboard.teams import actions
from storyboard.teams.models import Membership, Role, Team, User
from tests.access_matrix import MATRIX, MEMBERS, NO_SUCH_METHOD, TO_SIGN_IN, UNKNOWN, Actor, Row
from tests.connections.connect import connect

T = TypeVar("T")
Everything = dict[str, list[dict[str, object]]]
Join = Callable[[User, Role], Membership]
DENIED = {401, 403, 404, 405}
# How statements begin that change no table.
READING = ("SELECT ", "SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")
# What stands for the parts of a URL that are no object of a team.
ANYTHING = {"vendor": "reapi", "key": "x", "pk": "1", "uidb36": "1", "token": "x"}
ANYTHING |= dict.fromkeys(("task_id", "take_id", "secret"), "x")


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every URL's name and the names of its parts."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            inner = f"{prefix}{found.namespace}:" if found.namespace else prefix
            yield from patterns(found, inner)
        elif isinstance(found, URLPattern):
            yield f"{prefix}{found.name}", [*found.pattern.regex.groupindex]


URLS = dict(patterns(get_resolver()))
CASES = [(name, row) for name in URLS for row in MATRIX.get(name, [])]
IN_TEAMS = [(name, row) for name, row in CASES if "team_id" in URLS[name]]
# Each line says what stands in for the check: nothing here may lean on a cookie.
# Media: its link, signed for this one request. The sandbox’s API: a key in a header. Doorbells: a secret in the path.
UNCHECKED = {"media_file", "sandbox_api", "receive"}
WITH_IDS = [name for name, parts in URLS.items() if "team_id" in parts]
# A world takes longer to make than a row takes to ask, so a test asks for many; in parts, which the workers share.
PART = 20


def views(resolver: URLResolver) -> Iterator[Callable[..., object]]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from views(found)
        else:
            yield found.callback


def is_durable(action: Callable[..., object]) -> bool:
    held = [cell.cell_contents for cell in getattr(action, "__closure__", None) or ()]
    return any(isinstance(atomic, transaction.Atomic) and getattr(atomic, "durable", False) for atomic in held)


def takes_part(found: object) -> bool:
    """An action, and not one of the helpers that run inside its transaction."""
    if not callable(found) or getattr(found, "__module__", "") != doors.__name__:
        return False
    # The last one joins a transaction of allauth's when there is one, and says so.
    return getattr(found, "__name__", "") not in {"hashed", "drop_pending_email", "drop_sessions", "queue_message"}


@dataclass
class World:
    """Alice's team with somebody in every role, a stranger's team, and the ids that their URLs are made of."""

    people: dict[Actor, User]
    ids: dict[str, str]
    strangers_ids: dict[str, str]
    wrote: bool = False

    def url(self, name: str, **swapped: str) -> str:
        parts = ANYTHING | self.ids | swapped
        return reverse(name, kwargs={part: parts[part] for part in URLS[name]})

    def send(self, actor: Actor, row: Row, url: str, **headers: str) -> HttpResponseBase:
        client = Client(headers=headers, raise_request_exception=False)
        if actor not in UNKNOWN:
            client.force_login(self.people[actor])
        self.wrote = False
        with connection.execute_wrapper(self.listen):
            answer: HttpResponseBase = getattr(client, row.method.lower())(url, row.data)
        return answer

    def listen(self, execute: Callable[..., object], sql: str, *rest: object) -> object:
        self.wrote = self.wrote or not sql.startswith(READING)
        return execute(sql, *rest)

    def is_as(self, before: Everything) -> bool:
        """Most requests that are refused only read, and reading every table takes longer than they do."""
        return not self.wrote or without_last_login(everything()) == before


def ids_of(team: Team, owner: User, tag: str) -> dict[str, str]:
    """One object of each kind in the team; a new kind of object in URLs is a line here."""
    target = User.objects.create_user(f"target-{tag}@example.com")
    member = Membership.objects.create(team=team, user=target, role=Role.VIEWER)
    invitation, token = actions.invite(team, email="nobody@example.com", role=Role.VIEWER, by=owner)
    connection = connect(team, name=f"Account {tag}", by=owner)
    facts: dict[str, object] = {"kind": "video", "format": "mp4", "content_type": "video/mp4", "seconds": 5}
    keys = {name: f"t/{team.public_id}/a/{name}" for name in ("key", "small_key", "poster_key")}
    file = File.objects.create(team=team, sha256="0" * 64, size=1, stored=3, **facts, **keys)
    reference = Reference.objects.create(team=team, file=file, kind="video", name="dolly.mp4")
    (upload,) = media.start(team, files=[Announced("a.png", "image/png", 9)], by=owner)
    board = films.create_sample(team, by=owner)
    shot = board.shots.get(position=1)
    films.save_field(shot, name="notes", value="Something to undo", base_version=None, by=owner)
    export = films.start_export(board, by=owner)
    films.finish_export(export, size=9)
    zipped = films.start_import(team, file=Announced("a.zip", "", 9), by=owner)
    run = Run.objects.create(board=board, by=owner, form_key=tag, plan_hash=tag, ceiling_micro_usd=0)
    take = Take.objects.create(shot=shot, run=run, number=1, state=State.DONE, clip=file, finished_at=timezone.now())
    return {
        "export_id": export.public_id,
        "zip_id": zipped.upload.public_id,
        "reference_id": reference.public_id,
        "upload_id": upload.public_id if isinstance(upload, Upload) else "",
        "team_id": team.public_id,
        "connection_id": connection.public_id,
        "board_id": board.public_id,
        "shot_id": shot.public_id,
        "run_id": run.public_id,
        "take_id": take.public_id,
        "delivery_id": str(Delivery.objects.create(take=take, vendor="ark", key=tag).pk),
        "orphan_id": str(Orphan.objects.create(connection=connection, remote_id=tag).pk),
        "scene_id": shot.scene.public_id if shot.scene else "",
        "member_id": member.public_id,
        "invitation_id": invitation.public_id,
        "token": token,
        "key_id": sandbox.open_key(team=team, micro_usd=1_000_000)[0].public_id,
    }


@pytest.fixture
def world(team: Team, alice: User, charlie: User, join: Join) -> World:
    people = {Actor.OWNER: alice, Actor.STRANGER: charlie}
    for actor, role in MEMBERS.items():
        if actor not in people:
            people[actor] = User.objects.create_user(f"{role.label.lower()}@example.com", "a long enough secret")
            join(people[actor], role)
    people[Actor.REMOVED] = User.objects.create_user("removed@example.com", "a long enough secret")
    actions.remove_member(join(people[Actor.REMOVED], Role.OWNER), by=alice)
    others = ids_of(charlie.memberships.get().team, charlie, "there")
    return World(people, ids_of(team, alice, "here"), others)


def everything() -> Everything:
    """Each row of ours except the door's own counts."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("storyboard.")]
    ours = [model for model in ours if not model.__module__.startswith("storyboard.accounts.")]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in ours}


def without_last_login(rows: Everything) -> Everything:
    """Being signed in by the test is no change by the request."""
    people = [{key: value for key, value in row.items() if key != "last_login"} for row in rows["User"]]
    return rows | {"User": people}


def in_parts(cases: list[T]) -> list[list[T]]:
    return [cases[start : start + PART] for start in range(0, len(cases), PART)]


def is_denied(answer: HttpResponseBase) -> bool:
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith(reverse("account_login"))
    return answer.status_code in DENIED or to_sign_in


def test_every_url_has_a_name() -> None:
    assert not [name for name in URLS if name.endswith("None")]


def test_every_url_has_a_row_for_get_and_post() -> None:
    lacking = {name for name in URLS if [row.method for row in MATRIX.get(name, [])] != ["GET", "POST"]}
    assert lacking == set(), "give these URLs rows in tests/access_matrix.py"


def test_no_view_goes_without_the_check_for_forged_forms() -> None:
    # Django's test client does not make the check unless it is asked to, so nothing else would notice.
    found = list(views(get_resolver()))
    assert len(found) == len(URLS)
    assert {view.__name__ for view in found if getattr(view, "csrf_exempt", False)} == UNCHECKED


@pytest.mark.parametrize("name", actions.__all__)
def test_an_action_of_teams_is_one_transaction_of_its_own(name: str) -> None:
    assert is_durable(getattr(actions, name))


@pytest.mark.parametrize("name", accounts_at_vendors.__all__)
def test_an_action_of_connections_is_one_transaction_of_its_own(name: str) -> None:
    assert is_durable(getattr(accounts_at_vendors, name))


@pytest.mark.parametrize("name", [name for name in sandbox.__all__ if name not in {"NoCredit", "ready_key"}])
def test_an_action_of_the_sandbox_is_one_transaction_of_its_own(name: str) -> None:
    assert is_durable(getattr(sandbox, name))


@pytest.mark.parametrize("name", media.__all__)
def test_an_action_of_media_is_one_transaction_of_its_own(name: str) -> None:
    assert is_durable(getattr(media, name))


@pytest.mark.parametrize("name", [name for name, found in vars(doors).items() if takes_part(found)])
def test_an_action_of_accounts_is_one_transaction_of_its_own(name: str) -> None:
    assert is_durable(getattr(doors, name))


def test_no_row_is_left_of_a_url_that_is_gone() -> None:
    assert set(MATRIX) - set(URLS) == set()


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what is done in it stays. Not an atomic block: our durable actions refuse to run inside one."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


@pytest.mark.once
@pytest.mark.parametrize("cases", in_parts(CASES))
def test_everybody_gets_what_the_table_says(world: World, cases: list[tuple[str, Row]]) -> None:
    before = without_last_login(everything())
    for name, row in cases:
        got = {}
        for actor in Actor:
            with undone():
                answer = world.send(actor, row, world.url(name))
                got[actor] = answer.status_code
                assert not is_denied(answer) or world.is_as(before), (name, row, actor)
        assert got == row.expected, (name, row)


@pytest.mark.once
@pytest.mark.parametrize("cases", in_parts(IN_TEAMS))
def test_asking_as_htmx_opens_no_other_door(world: World, cases: list[tuple[str, Row]]) -> None:
    before = without_last_login(everything())
    for name, row in cases:
        weak = {actor: status for actor, status in row.expected.items() if status in DENIED or actor in UNKNOWN}
        got = {}
        for actor in weak:
            got[actor] = world.send(actor, row, world.url(name), **{"HX-Request": "true"}).status_code
            assert world.is_as(before), (name, row, actor)
        assert got == weak | {actor: 401 for actor in UNKNOWN if weak[actor] == TO_SIGN_IN}, (name, row)


@pytest.mark.once
@pytest.mark.parametrize("names", in_parts(WITH_IDS))
def test_an_id_of_another_team_is_not_found(world: World, names: list[str]) -> None:
    before = without_last_login(everything())
    for name in names:
        rows = [row for row in MATRIX[name] if row.expected[Actor.OWNER] != NO_SUCH_METHOD]
        for part in set(URLS[name]) & set(world.strangers_ids):
            url = world.url(name, **{part: world.strangers_ids[part]})
            for row in rows:
                assert world.send(Actor.OWNER, row, url).status_code == 404, (name, row, part)
                assert world.is_as(before), (name, row, part)


def test_the_world_sees_what_a_request_writes(world: World) -> None:
    before = without_last_login(everything())
    world.send(Actor.VIEWER, Row("GET", {}), world.url("team_people"))
    assert world.is_as({}), "it only read"
    world.send(Actor.OWNER, Row("POST", {}, {"team-name": "Southlight"}), world.url("team_rename"))
    assert not world.is_as(before)


def test_a_made_up_id_is_not_found(world: World) -> None:
    for made_up in ("x", "0", "%00", "a" * 500, "..", "'"):
        client = Client()
        client.force_login(world.people[Actor.OWNER])
        assert client.get(f"/teams/{made_up}/audit/").status_code == 404
