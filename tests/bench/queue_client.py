"""Queues the benchmark's jobs, in the environment of the queue that is measured, and prints when each was committed."""

import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.bench.queue_task import touch

Send = Callable[[str], None]


def django() -> Send:
    import django

    django.setup()
    from django.db import transaction
    from django_q.tasks import async_task

    from storyboard.jobs.queue import enqueue

    def send(word: str) -> None:
        with transaction.atomic():
            if os.environ.get("BENCH_STOCK"):
                async_task("tests.bench.queue_task.touch", word)
            else:
                enqueue("tests.bench.queue_task.touch", word)

    return send


def procrastinate() -> Send:
    import procrastinate as library  # type: ignore[import-not-found]

    connector: Any
    if sys.argv[2] == "worker":
        connector = library.PsycopgConnector(conninfo=os.environ["BENCH_URL"])
    else:
        connector = library.SyncPsycopgConnector(conninfo=os.environ["BENCH_URL"])
    app = library.App(connector=connector)

    async def touch_job(word: str) -> None:
        touch(word)

    task = app.task(name="touch")(touch_job)
    if sys.argv[2] == "worker":
        app.run_worker(concurrency=2, listen_notify=True)
        sys.exit()
    app.open()
    if sys.argv[2] == "schema":
        app.schema_manager.apply_schema()
        app.close()
        sys.exit()
    return lambda word: task.defer(word=word)


def celery() -> Send:
    from celery import Celery  # type: ignore[import-not-found]

    app = Celery("bench", broker=os.environ["BENCH_URL"])
    app.conf.task_ignore_result = True
    task = app.task(name="touch")(touch)
    if sys.argv[2] == "worker":
        app.worker_main(["worker", "--concurrency", "2", "--loglevel", "WARNING"])
        sys.exit()
    send: Send = task.delay
    return send


def main() -> None:
    send = {"django": django, "procrastinate": procrastinate, "celery": celery}[sys.argv[1]]()
    if sys.argv[2] == "rush":
        for number in range(int(os.environ["BENCH_EMPTY"])):
            send(f"r-{number}")
    else:
        wait(send)
    # The libraries' own threads are not what is measured, nor is how long they take to end.
    sys.stdout.flush()
    os._exit(0)


def wait(send: Send) -> None:
    send("w-first")  # connects
    print("w-first", time.time())
    for number in range(int(os.environ["BENCH_JOBS"])):
        time.sleep(random.uniform(0.1, 0.35))
        send(f"w-{number}")
        print(f"w-{number} {time.time():.6f}")


if __name__ == "__main__":
    main()
