"""A small vendor for the client's tests: the shape of a vendor's file, and none of the four."""

from collections.abc import Iterable
from decimal import Decimal

from storyboard.providers.base import Body, Task, TaskState
from storyboard.providers.errors import Unreadable

SUBMIT = "/videos"
FETCH = "/tasks/{id}"
BALANCE = "/balance"
LIST = "/tasks"
CANCEL = "/tasks/{id}"
NOT_ACCEPTED = frozenset({429, 503})


def parse_submit(raw: Body) -> str:
    if not isinstance(raw.get("id"), str):
        raise Unreadable("There is no id.")
    return str(raw["id"])


def parse_task(raw: Body) -> Task:
    return Task(id=raw["id"], state=TaskState(raw["status"]), raw=raw)


def parse_balance(raw: Body) -> Decimal | None:
    return Decimal(raw["credits"])


def refusal(status: int, raw: Body) -> tuple[str, str, str]:
    error = raw["error"]
    return str(error["code"]), error["message"], {30001: "The account has run out of credits."}.get(error["code"], "")


def list_query(page: int, size: int, ids: Iterable[str], **filters: str) -> list[tuple[str, str]]:
    return [("page_num", str(page)), ("page_size", str(size)), *(("id", task_id) for task_id in ids), *filters.items()]


def parse_list(raw: Body) -> tuple[list[Task], int | None]:
    return [parse_task(item) for item in raw["items"]], raw["total"]
