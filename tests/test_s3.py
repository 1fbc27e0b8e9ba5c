"""`make run S3=1`: the product beside an S3 server of its own, which goes when it goes."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.s3 import ROOT, Rclone, free_port

PARENT = """
import sys, time, pathlib
from tests.s3 import Rclone
with Rclone(pathlib.Path(sys.argv[1])) as s3:
    print(s3.port, flush=True)
    time.sleep(60)
"""
pytestmark = pytest.mark.processes


def said(process: "subprocess.Popen[str]", word: str) -> str:
    assert process.stdout
    for line in process.stdout:
        if word in line:
            return line
    raise AssertionError(f"It ended and never said “{word}”.")


def storage_is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/readyz", headers={"Host": "localhost"})
    checks = json.load(connection.getresponse())["checks"]
    connection.close()
    return bool(checks["storage"]["ok"])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start(folder: Path, port: int) -> "subprocess.Popen[str]":
    own = {"DATA_DIR": str(folder), "PORT": str(port), "PUBLIC_URL": "", "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.s3"],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_product_keeps_its_files_in_the_server_that_runs_beside_it(tmp_path: Path) -> None:
    # Ctrl-C goes to the whole group, a polite stop to the first process alone.
    for stop, number in ((os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM)):
        port = free_port()
        process = start(tmp_path, port)
        try:
            its_port = int(said(process, "Files are kept").partition("127.0.0.1:")[2].partition(",")[0])
            said(process, "Lastframe is running")
            assert storage_is_ready(port)
            stop(process.pid, number)
            assert process.wait(20) == 0
            assert not is_open(its_port)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def test_the_server_goes_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    port = int(process.stdout.readline())
    assert is_open(port)
    process.kill()
    process.wait()
    process.stdout.close()
    until = time.monotonic() + 10
    while is_open(port) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_open(port)


def test_a_server_that_does_not_start_is_said_in_words(tmp_path: Path) -> None:
    server = Rclone(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        with pytest.raises(RuntimeError, match=r"its own words are in .*rclone\.log"):
            server.__enter__()
