"""The same chain as others build it: a script that polls every five seconds, and Celery with Redis and a webhook.

`python -m tests.bench.chain_peer poll|worker|web|start`; tests/bench/chain.py runs it and reads the vendor's journal.
Neither keeps a record that survives a crash, and neither copies a clip: it is the least that a chain can do.
"""

import json
import os
import sys
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

VENDOR = os.environ.get("CHAIN_VENDOR", "")
CHAINS, SHOTS = int(os.environ.get("CHAIN_CHAINS", "1")), int(os.environ.get("CHAIN_SHOTS", "5"))
WEB_PORT = int(os.environ.get("CHAIN_WEB_PORT", "0"))
PATH = "/ark/api/v3/contents/generations/tasks"
PAUSE = 5.0
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def ask(path: str, body: object = None) -> dict[str, Any]:
    headers = {"Authorization": "Bearer chaos-peer", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(VENDOR + path, data, headers), timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def submit(chain: int, shot: int, *, callback: bool = False, opening: str = "") -> str:
    content: list[dict[str, Any]] = [{"type": "text", "text": f"chain {chain} shot {shot}: rain"}]
    if opening:
        content.append({"type": "image_url", "image_url": {"url": opening}, "role": "first_frame"})
    body: dict[str, Any] = {"model": "dreamina", "content": content, "return_last_frame": True}
    if callback:
        body["callback_url"] = f"http://127.0.0.1:{WEB_PORT}/hooks/ark/{chain}-{shot}/secret"
    return str(ask(PATH, body)["id"])


def poll() -> None:
    """A thread for each chain."""
    threads = [threading.Thread(target=follow, args=[chain]) for chain in range(CHAINS)]
    for at, thread in enumerate(threads):
        thread.start()
        # Not all in step.
        time.sleep(PAUSE / len(threads) if at < len(threads) - 1 else 0)
    for thread in threads:
        thread.join()


def follow(chain: int) -> None:
    opening = ""
    for shot in range(SHOTS):
        task = submit(chain, shot, opening=opening)
        while (found := ask(f"{PATH}/{task}"))["status"] != "succeeded":
            time.sleep(PAUSE)
        opening = found["content"]["last_frame_url"]


def celery() -> Any:
    from celery import Celery  # type: ignore[import-not-found]

    app = Celery("chain", broker=os.environ["CHAIN_REDIS"])
    app.conf.task_ignore_result = True
    return app


def go_on(app: Any) -> Any:
    @app.task(name="go_on")  # type: ignore[untyped-decorator]
    def task(chain: int, shot: int, task_id: str) -> None:
        """Ask the vendor, as we do, and send the next shot."""
        found = ask(f"{PATH}/{task_id}")
        if found["status"] == "succeeded" and shot + 1 < SHOTS:
            submit(chain, shot + 1, callback=True, opening=found["content"]["last_frame_url"])

    return task


def worker() -> None:
    app = celery()
    go_on(app)
    app.worker_main(["worker", "--concurrency", "4", "--loglevel", "WARNING"])


def web() -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    """The smallest web server that can take a callback: no framework, no database."""
    send_on = go_on(celery())

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = json.loads((await receive()).get("body") or b"{}")
        chain, shot = scope["path"].split("/")[3].split("-")
        if body.get("status") == "succeeded":
            send_on.delay(int(chain), int(shot), body["id"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return application


def start() -> None:
    for chain in range(CHAINS):
        submit(chain, 0, callback=True)


if __name__ == "__main__":
    {"poll": poll, "worker": worker, "start": start}[sys.argv[1]]()
