"""Our own clients against the sandbox, over real HTTP: as against the vendors, but for base URL and key."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.conf import settings
from django.utils import timezone

from storyboard.addresses import ANYWHERE
from storyboard.providers.base import TaskState
from storyboard.providers.dispatch import vendor_file
from storyboard.providers.errors import NotCreated, ProviderError, Refused, Unknown
from storyboard.providers.http import Client
from storyboard.providers.outcomes import Vendor
from storyboard.providers.secret import Secret
from storyboard.providers.waits import Pace, Timeouts
from storyboard.sandbox import actions
from storyboard.sandbox.dialects import BASES
from storyboard.sandbox.models import Key, Task
from tests.sandbox.asking import BODIES, VENDORS, prompting
from tests.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web")]
every_vendor = pytest.mark.parametrize("vendor", VENDORS)
CREDIT = 100_000_000
# Of the three gateways only EvoLink documents that a 503 was not accepted.
OUTCOMES: dict[str, type[ProviderError]] = {
    "refused": Refused,
    "busy=30": NotCreated,
    "no-credits": Refused,
    "unavailable": Unknown,
    "lost-answer": Unknown,
    "slow-answer=2": Unknown,
}


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Server]:
    with Server(settings.DATABASES["default"], SANDBOX="on") as server:
        yield server
        server.stop()


def client(web: Server, vendor: str, key: str = "") -> Client:
    key = key or actions.open_key(micro_usd=CREDIT)[1]
    quick, pace = Timeouts(read=0.8), Pace(sleep=lambda seconds: None)
    base = f"{web.url}/sandbox/{BASES[vendor]}"
    return Client(cast("Vendor", vendor_file(vendor)), base, Secret(key), policy=ANYWHERE, timeouts=quick, pace=pace)


@every_vendor
def test_a_client_submits_and_sees_how_it_goes(web: Server, vendor: str) -> None:
    asking = client(web, vendor)
    task_id = asking.submit(BODIES[vendor])
    live = TaskState.RUNNING if vendor == "reapi" else TaskState.QUEUED
    assert asking.fetch(task_id).state is live
    Task.objects.update(state="running", started_at=timezone.now())
    running = asking.fetch(task_id)
    assert running.state is TaskState.RUNNING
    assert running.progress is None or 0 < running.progress < 100


@every_vendor
def test_a_client_finds_the_finished_clip_below_the_address_it_asked(web: Server, vendor: str) -> None:
    asking = client(web, vendor)
    wants = {} if vendor == "evolink" else {"return_last_frame": True}
    task_id = asking.submit(BODIES[vendor] | wants)
    ended = timezone.now()
    Task.objects.update(state="succeeded", finished_at=ended, expires_at=ended + timedelta(hours=24))
    task = asking.fetch(task_id)
    base = f"{web.url}/sandbox/files/{Task.objects.get().token}"
    assert (task.state, task.video_url) == (TaskState.SUCCEEDED, f"{base}/0.mp4")
    assert task.last_frame_url == ("" if vendor == "evolink" else f"{base}/0.png")


@every_vendor
def test_a_client_learns_why_a_task_failed(web: Server, vendor: str) -> None:
    asking = client(web, vendor)
    task_id = asking.submit(BODIES[vendor])
    Task.objects.update(state="failed", error_code="80007", error_message="Flagged.")
    task = asking.fetch(task_id)
    assert task.state is TaskState.FAILED
    assert task.error is not None
    assert (task.error.code, task.error.message) == ("80007", "Flagged.")


@every_vendor
def test_a_client_reads_the_balance(web: Server, vendor: str) -> None:
    worth = {"reapi": 1000, "apimart": 100_000, "evolink": 10_000}
    expected = None if vendor == "ark" else Decimal(CREDIT) / worth[vendor]
    assert client(web, vendor).balance() == expected


@every_vendor
@pytest.mark.parametrize("fault", OUTCOMES)
def test_a_client_sees_every_class_of_outcome(web: Server, vendor: str, fault: str) -> None:
    documented = (vendor, fault) == ("evolink", "unavailable")
    with pytest.raises(ProviderError) as caught:
        client(web, vendor).submit(prompting(vendor, f"A heron, sandbox:{fault}"))
    assert type(caught.value) is (NotCreated if documented else OUTCOMES[fault])
    charged = fault in {"lost-answer", "slow-answer=2"}
    assert Task.objects.count() == charged
    assert (Key.objects.get().micro_usd < CREDIT) == charged
    if fault == "busy=30":
        assert caught.value.retry_after == timedelta(seconds=30)


@every_vendor
def test_a_client_is_refused_with_a_wrong_key_a_wrong_body_and_no_credit(web: Server, vendor: str) -> None:
    _, poor = actions.open_key(micro_usd=1)
    wrong = BODIES[vendor] | {"duration": 99}
    for key, body in (("sk-sandbox-unknown", BODIES[vendor]), ("", wrong), (poor, BODIES[vendor])):
        with pytest.raises(Refused) as caught:
            client(web, vendor, key).submit(body)
        assert caught.value.message
        assert caught.value.code
        assert caught.value.request_id
    assert not Task.objects.exists()


@every_vendor
def test_a_client_asks_in_vain_for_somebody_else_s_task(web: Server, vendor: str) -> None:
    task_id = client(web, vendor).submit(BODIES[vendor])
    with pytest.raises(Refused) as caught:
        client(web, vendor).fetch(task_id)
    assert caught.value.status == 404


def test_a_client_lists_and_cancels_at_ark(web: Server) -> None:
    asking = client(web, "ark")
    first, second = asking.submit(BODIES["ark"]), asking.submit(BODIES["ark"])
    tasks, total = asking.list_tasks()
    assert ([task.id for task in tasks], total) == ([second, first], 2)
    asking.cancel(first)
    assert asking.fetch(first).state is TaskState.CANCELLED
    assert [task.id for task in asking.list_tasks(status="queued")[0]] == [second]
    Task.objects.filter(remote_id=second).update(state="running")
    with pytest.raises(Refused) as caught:
        asking.cancel(second)
    assert caught.value.code == "InvalidAction.RunningTaskDeletion"
    Task.objects.filter(remote_id=second).update(state="succeeded")
    asking.cancel(second)
    assert [task.id for task in asking.list_tasks()[0]] == [first]
