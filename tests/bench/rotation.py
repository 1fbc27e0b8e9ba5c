"""`make bench-rotation`: 10,000 keys rotated in a process that is killed on the way, while others keep reading.

On a PostgreSQL of its own; prints one table. The short form is a test: tests/connections/test_rotation.py.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.postgres import private_cluster

ROWS = 10_000
READERS = 2
MANAGE = [sys.executable, "manage.py"]
# Reads rows at random, in a loop, until it is told to stop; says how many, how many failed, and the slowest.
READER = """
import random, signal, sys, time, django
django.setup()
from storyboard.connections import keys
from storyboard.connections.models import Connection
ids, on, reads, failed, slowest = list(Connection.objects.values_list("pk", flat=True)), [1], 0, 0, 0.0
signal.signal(signal.SIGTERM, lambda *_: on.clear())
while on:
    began = time.perf_counter()
    try:
        with keys.by_operator():
            keys.reveal(Connection.objects.get(pk=random.choice(ids)))
        reads += 1
    except Exception as error:
        failed += 1
    slowest = max(slowest, time.perf_counter() - began)
print(reads, failed, round(slowest * 1000))
"""
FILL = """
import sys, django
django.setup()
from django.db import transaction
from storyboard.connections import keys
from storyboard.connections.models import Connection
from storyboard.providers.secret import Secret
from storyboard.teams.models import Team
team, made = Team.objects.create(name="Drill"), []
with transaction.atomic():
    for number in range(int(sys.argv[1])):
        row = Connection(team=team, name=f"Account {number}", vendor="reapi", base_url="https://reapi.ai")
        keys.seal(row, Secret(f"sk-canary-{number:06}"))
        made.append(row)
    Connection.objects.bulk_create(made, batch_size=1000)
"""
LEFT = """
import django
django.setup()
from storyboard.connections import keys, rotation
print(rotation.waiting(list(keys.read())[-1]).count())
"""


def python(code: str, *arguments: str) -> str:
    return subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True).stdout


def rotate_until_killed(seconds: float) -> int:
    process = subprocess.Popen([*MANAGE, "rotate_keys"], stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return int(python(LEFT))


def canaries(folder: Path, dump: str) -> int:
    """Keys in plain text: in a dump of the whole database, and in the files beside the key file."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and "connection_keys" not in path.name]
    return dump.count("sk-canary-") + sum(data.count(b"sk-canary-") for data in files)


def drill(folder: Path) -> list[tuple[str, object]]:
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)
    python(FILL, str(ROWS))
    command = [sys.executable, "-c", READER]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
    left = rotate_until_killed(4)
    began = time.perf_counter()
    subprocess.run([*MANAGE, "rotate_keys"], check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - began
    subprocess.run([*MANAGE, "rotate_keys", "--retire"], check=True, stdout=subprocess.DEVNULL)
    time.sleep(1)
    for reader in readers:
        reader.terminate()
    told = [[int(word) for word in str(reader.communicate()[0]).split()] for reader in readers]
    dump = subprocess.run([*MANAGE, "dumpdata"], check=True, capture_output=True, text=True).stdout
    return [
        ("rows", ROWS),
        ("left when it was killed", left),
        ("seconds to finish them", f"{took:.1f}"),
        ("rows on an old key afterwards", int(python(LEFT))),
        ("reads meanwhile", sum(reads for reads, _, _ in told)),
        ("reads that failed", sum(failed for _, failed, _ in told)),
        ("slowest read, ms", max(slowest for _, _, slowest in told)),
        ("keys in plain text in a dump and in files", canaries(folder, dump)),
    ]


def main() -> None:
    with private_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": cluster.url, "DATA_DIR": folder, "PROCESS_ROLE": "worker"}
        for what, found in drill(Path(folder)):
            print(f"{what:45} {found:>10}")


if __name__ == "__main__":
    main()
