"""Each rule about imports is broken once on purpose, in a copy, and import-linter must say so."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from storyboard.providers.catalog import VENDOR_FILES

ROOT = Path(__file__).parent.parent
LATER = ("exports", "sharing", "takes", "boards", "connections")
APPS = "Apps import only what is below them, and nothing imports the sandbox"
INSIDE = "Inside an app: urls, views, tasks and forms, actions, then queries and models"
PURE = "What is pure knows neither Django nor the database"
VENDORS = "Vendors do not know each other: "
JAILED = "Strangers' files are read without Django and network clients"
NETWORK = "Views, actions, models and forms touch no network"
# The rule, a file, and the import planted in it.
PLANTED = [
    (APPS, "teams/models.py", "storyboard.accounts.models"),
    (APPS, "errors.py", "storyboard.teams.models"),
    (APPS, "boards/queries.py", "storyboard.takes"),
    (APPS, "jobs/queue.py", "storyboard.live"),
    (APPS, "exports/cut.py", "storyboard.sharing"),
    (APPS, "urls.py", "storyboard.sandbox"),
    (APPS, "stray.py", "json"),
    (INSIDE, "teams/queries.py", "storyboard.teams.urls"),
    (INSIDE, "teams/models.py", "storyboard.teams.access"),
    (INSIDE, "accounts/models.py", "storyboard.accounts.urls"),
    (PURE, "providers/reapi.py", "django.conf"),
    (PURE, "rendering/probe.py", "storyboard.pages"),
    (PURE, "addresses.py", "django.conf"),
    (APPS, "lookup.py", "storyboard.addresses"),
    (PURE, "boards/formats/table.py", "django.db.models"),
    (VENDORS + "reAPI", "providers/reapi.py", "storyboard.providers.ark"),
    (VENDORS + "reAPI", "providers/reapi_mini.py", "storyboard.providers.apimart_answers"),
    (VENDORS + "APIMart", "providers/apimart_rules.py", "storyboard.providers.reapi_rows"),
    (VENDORS + "EvoLink", "providers/evolink_rows.py", "storyboard.providers.ark_rows"),
    (VENDORS + "Ark", "providers/ark_answers.py", "storyboard.providers.evolink_answers"),
    (JAILED, "media/inspect_child.py", "pydantic"),
    (JAILED, "media/walls.py", "django.conf"),
    (NETWORK, "teams/models.py", "httpx"),
    (NETWORK, "teams/queries.py", "requests.adapters"),
    (NETWORK, "boards/views.py", "boto3"),
    (NETWORK, "boards/actions.py", "socket"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as it will be: today's code and an empty package for each app to come."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "storyboard"
    shutil.copytree(ROOT / "storyboard", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in LATER:
        (package / name).mkdir(exist_ok=True)
        (package / name / "__init__.py").touch()
    for vendor in ("reapi", "ark"):
        (package / "providers" / f"{vendor}.py").touch()
    return tmp_path


def broken(project: Path) -> list[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    said = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert "Analyzed" in said.stdout, said.stdout + said.stderr
    return re.findall(r"^(.+) BROKEN$", said.stdout, re.MULTILINE)


def test_with_every_app_to_come_the_rules_hold(copy: Path) -> None:
    assert broken(copy) == []


@pytest.mark.parametrize(("rule", "file", "module"), PLANTED)
def test_a_planted_import_breaks_its_rule(copy: Path, rule: str, file: str, module: str) -> None:
    path = copy / "storyboard" / file
    with path.open("a") as source:
        source.write(f"\nimport {module}\n")
    assert rule in broken(copy)


def test_every_rule_is_broken_here_once() -> None:
    assert {rule for rule, _, _ in PLANTED} == {contract["name"] for contract in contracts()}


def test_every_app_keeps_the_order_inside_an_app() -> None:
    apps = {path.parent.name for path in ROOT.glob("storyboard/*/models.py")}
    apps |= {path.parent.name for path in ROOT.glob("storyboard/*/urls.py")}
    named = next(contract["containers"] for contract in contracts() if contract["name"] == INSIDE)
    assert apps <= {container.removeprefix("storyboard.") for container in named}


def test_every_part_of_every_vendor_is_kept_from_the_others() -> None:
    rules = [contract for contract in contracts() if contract["name"].startswith(VENDORS)]
    for vendor in VENDOR_FILES:
        parts = {f"storyboard.providers.{path.stem}" for path in ROOT.glob(f"storyboard/providers/{vendor}*.py")}
        assert [rule for rule in rules if set(rule["source_modules"]) == parts]
        assert sum(parts <= set(rule["forbidden_modules"]) for rule in rules) == len(VENDOR_FILES) - 1


def contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found
