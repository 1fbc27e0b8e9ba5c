"""The client with which tasks and the shell speak to a vendor: one exchange at a time, and a paid one never twice.

Client(vendor file, base URL, key) has submit, fetch, balance, and list_tasks and cancel where the vendor has them.
The key is in nothing that this module logs, raises or keeps in a traceback: see `_exchange`.
"""

import asyncio
import json
import ssl
from collections.abc import Callable, Generator, Iterable
from decimal import Decimal
from functools import cache, partial
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx

from storyboard import pinned
from storyboard.addresses import PUBLIC, Policy
from storyboard.providers import outcomes
from storyboard.providers.base import Body, Task
from storyboard.providers.errors import ProviderError, Unavailable, Unreadable
from storyboard.providers.gathering import Answer, Gathering
from storyboard.providers.outcomes import Listing, Vendor, checked_id
from storyboard.providers.secret import Secret
from storyboard.providers.waits import Deadline, Pace, Timeouts

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "Lastframe",
}
CLOSING = HEADERS | {"Connection": "close"}
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Found = TypeVar("Found")


class Bearer(httpx.Auth):
    """Puts the key into the header at the last moment."""

    def __init__(self, key: Secret) -> None:
        self.key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.key.reveal()}"
        yield request


class Client:
    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        key: Secret,
        *,
        policy: Policy = PUBLIC,
        timeouts: Timeouts | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.vendor = vendor
        self.policy = policy
        self.base_url = checked_base(base_url)
        self.timeouts = timeouts or Timeouts()
        self.pace = pace or Pace()
        self._key = key

    def __repr__(self) -> str:
        return f"Client({self.base_url})"

    def submit(self, body: Body | str) -> str:
        """Send a paid request, once. NotCreated, Refused or Unknown is raised; it is never sent again from here.

        A text goes out byte for byte as it is: what was approved must be what is sent.
        """
        text = body if isinstance(body, str) else json.dumps(body, allow_nan=False)
        answer = self._exchange("POST", self._url(self.vendor.SUBMIT), content=text)
        return given(outcomes.submitted(answer, self.vendor))

    def fetch(self, task_id: str) -> Task:
        parse = partial(same_task, self.vendor, task_id)
        return self._ask(self._task_url(task_id), parse, missing=outcomes.NO_SUCH_TASK)

    def fetch_once(self, task_id: str) -> Task | ProviderError:
        """Asked once, whatever comes; its next timer asks again."""
        parse = partial(same_task, self.vendor, task_id)
        answer = self._exchange("GET", self._task_url(task_id))
        return outcomes.read(answer, self.vendor, parse, missing=outcomes.NO_SUCH_TASK)

    def balance(self) -> Decimal | None:
        """In the vendor's credits; None where it tells nobody."""
        if not self.vendor.BALANCE:
            return None
        return self._ask(self._url(self.vendor.BALANCE), self.vendor.parse_balance)

    def list_tasks(
        self, *, page: int = 1, size: int = 100, ids: Iterable[str] = (), status: str = "", model: str = ""
    ) -> tuple[list[Task], int | None]:
        """One page of the vendor's tasks, and how many there are on all pages where the vendor says so."""
        vendor = self._listing()
        query = vendor.list_query(page, size, [checked_id(task_id) for task_id in ids], status=status, model=model)
        return self._ask(f"{self._url(vendor.LIST)}?{urlencode(query)}", vendor.parse_list)

    def cancel(self, task_id: str) -> None:
        """Once, as well: a second DELETE of a task that just ended would delete its record."""
        url = self._url(self._listing().CANCEL, checked_id(task_id))
        if error := outcomes.cancelled(self._exchange("DELETE", url), self.vendor):
            raise error

    def _listing(self) -> Listing:
        if isinstance(self.vendor, Listing):
            return self.vendor
        raise Unavailable("This vendor has no list of tasks and cancels none. Use its console.")

    def _url(self, path: str, task_id: str = "") -> str:
        return f"{self.base_url}/{path.lstrip('/').replace('{id}', task_id)}"

    def _task_url(self, task_id: str) -> str:
        return self._url(self.vendor.FETCH, checked_id(task_id))

    def _ask(self, url: str, parse: Callable[[Body], Found], *, missing: str = outcomes.NOT_TOLD) -> Found:
        """A free question; asked again where that can help."""
        asked, latest = 0, self.pace.clock() + self.timeouts.question - self.timeouts.total
        while True:
            found = outcomes.read(self._exchange("GET", url), self.vendor, parse, missing=missing)
            asked += 1
            if not isinstance(found, ProviderError):
                return found
            pause = self.pace.pause(found, asked)
            if pause is None or self.pace.clock() + pause > latest:
                raise found
            self.pace.sleep(pause)

    def _exchange(self, method: str, url: str, *, content: str | None = None) -> Answer:
        """One request on a connection of its own. Never raises, whatever the vendor or the network does.

        A kept connection that the vendor has closed looks the same as one that broke after the request was read. And
        no error of httpx leaves here: the frames of its traceback hold the headers, with the key.
        """
        answer, deadline = Gathering(self._key), Deadline(self.timeouts.total)
        try:
            sender = httpx.Client(
                **self._options(), transport=pinned.transport(self.policy, verify=tls()), headers=CLOSING
            )
            with deadline, sender as client:
                extensions = {"trace": deadline.watch}
                with client.stream(method, url, content=content, extensions=extensions) as response:
                    answer.begin(response.status_code, response.headers)
                    for chunk in response.iter_bytes():
                        answer.add(chunk)
                    answer.end()
        # Everything, because what is not named in the table of outcomes is Unknown, and Unknown must be recorded.
        except Exception as error:
            answer.fail(error, unsent=isinstance(error, NEVER_SENT), late=deadline.passed)
        return answer.finished()

    async def _exchange_async(self, client: httpx.AsyncClient, url: str) -> Answer:
        """The same for a free question among many at once."""
        answer = Gathering(self._key)
        try:
            async with asyncio.timeout(self.timeouts.total), client.stream("GET", url) as response:
                answer.begin(response.status_code, response.headers)
                async for chunk in response.aiter_bytes():
                    answer.add(chunk)
                answer.end()
        except Exception as error:
            answer.fail(error, late=isinstance(error, TimeoutError))
        return answer.finished()

    def _options(self) -> dict[str, Any]:
        waits = self.timeouts
        return {
            "auth": Bearer(self._key),
            # A redirect could repeat the request or carry the key elsewhere; so could a proxy from the environment.
            "follow_redirects": False,
            "trust_env": False,
            "timeout": httpx.Timeout(connect=waits.connect, write=waits.write, read=waits.read, pool=waits.pool),
        }

    async def fetch_many(self, task_ids: Iterable[str], *, at_once: int = 8) -> dict[str, Task | ProviderError]:
        """Ask once about each of many tasks; one that cannot be read now is asked again by its next timer.

        So is one whose turn comes too late to end in time: all together are one question.
        """
        urls = {task_id: self._task_url(task_id) for task_id in task_ids}
        gate, first = asyncio.Semaphore(at_once), set(list(urls)[:at_once])
        latest = self.pace.clock() + self.timeouts.question - self.timeouts.total

        async def one(client: httpx.AsyncClient, task_id: str) -> Task | ProviderError:
            async with gate:
                if task_id not in first and self.pace.clock() > latest:
                    return Unavailable(outcomes.NO_ANSWER, retryable=True, reason="There was no time left to ask.")
                answer = await self._exchange_async(client, urls[task_id])
            parse = partial(same_task, self.vendor, task_id)
            return outcomes.read(answer, self.vendor, parse, missing=outcomes.NO_SUCH_TASK)

        transport = pinned.async_transport(self.policy, verify=tls())
        async with httpx.AsyncClient(**self._options(), transport=transport, headers=HEADERS) as client:
            return dict(zip(urls, await asyncio.gather(*(one(client, task_id) for task_id in urls)), strict=True))


@cache
def tls() -> ssl.SSLContext:
    """Reading all the root certificates takes longer than most answers."""
    return httpx.create_ssl_context(trust_env=False)


def checked_base(url: str) -> str:
    """ValueError unless this is a plain web address, without a name and password in it."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL("")
    if parts.scheme not in {"http", "https"} or not parts.host or parts.userinfo or parts.query or parts.fragment:
        raise ValueError("A base URL begins with https:// and holds a host and a path, nothing else.")
    return url.rstrip("/")


def same_task(vendor: Vendor, task_id: str, raw: Body) -> Task:
    task = vendor.parse_task(raw)
    if task.id != task_id:
        raise Unreadable("The answer is about another task.")
    return task


def given(found: Found | ProviderError) -> Found:
    if isinstance(found, ProviderError):
        raise found
    return found
