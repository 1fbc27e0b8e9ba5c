"""docker-compose.yml and the Dockerfile, as far as that goes without Docker; test_production.py runs the commands."""

import ast
import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "tests" / "vendor" / "compose-spec.json").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("lastframe:")}
ONE_SHOT = {"bucket", "migrate"}
LASTING = sorted(SERVICES.keys() - ONE_SHOT)
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()


def test_the_file_follows_the_compose_specification() -> None:
    jsonschema.validate(COMPOSE, SCHEMA)


def test_the_specification_would_notice_a_mistake() -> None:
    wrong = {**COMPOSE, "services": {"web": {**SERVICES["web"], "helthcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_command_of_ours_exists(name: str) -> None:
    program, *arguments = OURS[name]["command"]
    if program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
    else:
        assert program in {"uvicorn", "mkdir"}


def test_a_variable_we_set_is_one_that_the_settings_read() -> None:
    files = ("settings.py", "env.py")
    source = "".join((ROOT / "storyboard" / name).read_text() for name in files)
    read = set(
        re.findall(r"\b(?:env|env_int|env_list|env_choice|networks|time_zone|secret_file)\(\"([A-Z0-9_]+)\"", source)
    )
    named = {name for service in OURS.values() for name in service["environment"]}
    assert named - read == set()
    assert set(instruction("ENV").replace("=", " ").split()) & {"DATA_DIR", "STATIC_ROOT"} <= read


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_not_root_and_gains_nothing(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("privileged") is None
    assert service.get("read_only") or name == "postgres", "PostgreSQL's image writes outside its volume"


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_service_is_watched_restarted_and_gets_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert int(service["stop_grace_period"].removesuffix("s")) >= 10


def test_what_a_service_waits_for_is_there_and_can_become_so() -> None:
    for service in SERVICES.values():
        for other, wait in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert wait == {"condition": wanted}
            assert other in SERVICES


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_secret_is_a_file_that_the_service_was_given(name: str) -> None:
    service = SERVICES[name]
    text = json.dumps([service.get("environment"), service.get("command")])
    assert set(re.findall(r"/run/secrets/(\w+)", text)) <= set(service["secrets"]) <= set(COMPOSE["secrets"])
    assert not re.search(r"(PASSWORD|SECRET|KEY)\w*\": \"(?!/run/secrets/)", text.replace("_FILE", ""))


def test_secrets_are_kept_out_of_the_repository_and_of_the_image() -> None:
    files = [Path(secret["file"]) for secret in COMPOSE["secrets"].values()]
    assert {file.parent for file in files} == {Path("secrets")}
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"


def test_every_named_volume_is_declared_and_used() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_ports_are_open_on_this_host_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_images_own_command_and_check_are_those_of_web() -> None:
    assert json.loads(instruction("CMD")) == SERVICES["web"]["command"]
    check = instruction("HEALTHCHECK").partition("CMD ")[2]
    assert ["CMD", *json.loads(check)] == SERVICES["web"]["healthcheck"]["test"]


@pytest.mark.parametrize("service", ["web", "worker"])
def test_a_check_in_python_is_python(service: str) -> None:
    _, program, flag, source = SERVICES[service]["healthcheck"]["test"]
    assert (program, flag) == ("python", "-c")
    ast.parse(source)


def test_the_image_installs_what_is_locked_copies_what_is_there_and_is_not_root() -> None:
    assert "--require-hashes --only-binary :all: -r requirements.txt" in "\n".join(DOCKERFILE)
    assert instruction("USER") == SERVICES["web"]["user"]
    kept = {line[1:].rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in DOCKERFILE:
        if line.startswith("COPY ") and "--from" not in line:
            *sources, _ = shlex.split(line)[1:]
            assert {source.rstrip("/") for source in sources} <= kept
            assert all((ROOT / source).exists() for source in sources)


def instruction(name: str) -> str:
    """The last instruction of that name, which is the one that counts."""
    return (
        next(line for line in reversed(DOCKERFILE) if re.match(rf"\s*{name} ", line)).partition(f"{name} ")[2].strip()
    )
