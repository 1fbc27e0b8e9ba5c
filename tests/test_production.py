"""The commands of docker-compose.yml, run natively as production: PostgreSQL, https, two web processes and a worker."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.postgres import private_cluster

ROOT = Path(__file__).parent.parent
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
HOST = "films.example.com"
FROM_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}

pytestmark = [pytest.mark.processes, pytest.mark.postgres]


class Site:
    """What the compose file starts, on this machine: the same commands and variables, without containers."""

    def __init__(self, folder: Path, database: str) -> None:
        self.secrets = folder / "secrets"
        self.secrets.mkdir()
        for name in ("postgres_password", "secret_key"):
            (self.secrets / name).write_text("not-a-secret-but-long-enough-for-one-0123456789\n")
        self.database, self.folder = database, folder

    def environment(self, service: str, **more: str) -> dict[str, str]:
        named = SERVICES[service]["environment"]
        # Files are kept in a folder here: the S3 server of the compose file does not run on this machine.
        kept = {name: str(value) for name, value in named.items() if not name.startswith(("S3_", "EMAIL_"))}
        kept = {name: value.replace("/run/secrets", str(self.secrets)) for name, value in kept.items()}
        own = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "storyboard.settings"}
        folders = {"DATA_DIR": str(self.folder / "data"), "STATIC_ROOT": str(self.folder / "collected")}
        fixed = {"DATABASE_URL": self.database, "PUBLIC_URL": f"https://{HOST}", "TRUSTED_PROXIES": ""}
        return {**own, **kept, **folders, **fixed, **more}

    def command(self, service: str, port: int = 0) -> list[str]:
        program, *arguments = SERVICES[service]["command"]
        if port:
            arguments[arguments.index("--host") + 1] = "127.0.0.1"
            arguments[arguments.index("--port") + 1] = str(port)
        return [str(Path(sys.executable).parent / program), *arguments]

    def run(self, service: str, *command: str) -> None:
        command = command or tuple(self.command(service))
        subprocess.run(command, cwd=ROOT, env=self.environment(service), check=True, stdin=subprocess.DEVNULL)

    @contextmanager
    def process(self, service: str, port: int = 0, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Started, and stopped as Docker does it: SIGTERM, and a kill when the time is up."""
        command = self.command(service, port)
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment(service, **more), stdin=subprocess.DEVNULL)
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            process.wait(int(SERVICES[service]["stop_grace_period"].removesuffix("s")))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


class Web:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, host: str = HOST, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()


def wait_for(seconds: float, web: Web, path: str, status: int) -> str:
    end, seen, body = time.monotonic() + seconds, 0, ""
    while time.monotonic() < end:
        try:
            seen, _, body = web.get(path, host="localhost")
        except OSError:
            seen = 0
        if seen == status:
            return body
        time.sleep(0.1)
    raise AssertionError(f"{path} answered {seen}, not {status}: {body}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with private_cluster() as cluster:
        site = Site(tmp_path_factory.mktemp("production"), cluster.url)
        site.run("migrate")
        site.run("web", sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        yield site


@pytest.fixture(scope="module")
def webs(site: Site) -> Iterator[tuple[Web, Web]]:
    """Two web processes: the first is behind a proxy that it trusts, the second trusts nobody."""
    with ExitStack() as stack:
        webs = Web(free_port()), Web(free_port())
        for web, trusted in zip(webs, ("127.0.0.1", ""), strict=True):
            stack.enter_context(site.process("web", web.port, TRUSTED_PROXIES=trusted))
        for web in webs:
            wait_for(30, web, "/healthz", 200)
        yield webs


def test_health_is_told_without_https_to_the_check_inside_the_container(webs: tuple[Web, Web]) -> None:
    assert [json.loads(web.get("/healthz", host="localhost")[2]) for web in webs] == [{"status": "ok"}] * 2


def test_a_page_asked_for_without_https_is_redirected(webs: tuple[Web, Web]) -> None:
    status, headers, _ = webs[0].get("/accounts/login/")
    assert (status, headers["location"]) == (301, f"https://{HOST}/accounts/login/")


def test_only_a_trusted_proxy_may_say_that_it_spoke_https(webs: tuple[Web, Web]) -> None:
    behind, alone = webs
    assert behind.get("/accounts/login/", **FROM_PROXY)[0] == 200
    assert alone.get("/accounts/login/", **FROM_PROXY)[0] == 301


def test_a_stranger_s_host_name_is_refused(webs: tuple[Web, Web]) -> None:
    assert webs[0].get("/accounts/login/", host="evil.example.com", **FROM_PROXY)[0] == 400


def test_cookies_and_headers_are_those_of_a_site_with_https(webs: tuple[Web, Web]) -> None:
    _, headers, _ = webs[0].get("/accounts/login/", **FROM_PROXY)
    cookie = headers["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    assert {"Secure", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "no-store" in headers["cache-control"]
    assert "server" not in headers


def test_static_files_have_a_hash_in_their_name_and_are_kept_for_ever(webs: tuple[Web, Web]) -> None:
    _, _, page = webs[0].get("/no-such-page/", **FROM_PROXY)
    paths = re.findall(r"/static/[\w/.-]+\.[0-9a-f]{12}\.css", page)
    assert paths
    status, headers, _ = webs[0].get(paths[0], **FROM_PROXY)
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert int(re.findall(r"max-age=(\d+)", headers["cache-control"])[0]) >= 31_536_000


def test_readiness_waits_for_a_worker_and_the_worker_s_own_check_agrees(site: Site, webs: tuple[Web, Web]) -> None:
    body = wait_for(5, webs[0], "/readyz", 503)
    assert "worker" in body
    with site.process("worker"):
        ready = json.loads(wait_for(30, webs[1], "/readyz", 200))
        assert all(check["ok"] for check in ready["checks"].values())
        _, _, *check = SERVICES["worker"]["healthcheck"]["test"]
        site.run("worker", sys.executable, *check)


def test_the_commands_are_programs_of_the_environment() -> None:
    assert all(shutil.which(str(Path(sys.executable).parent / program)) for program in ("python", "uvicorn"))
