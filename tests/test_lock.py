"""The two requirements files hold every dependency of pyproject.toml, exact, with hashes and no address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
RUN, DEV = "requirements.txt", "requirements-dev.txt"
LINE = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))?(?P<hashes>(?: --hash=sha256:\w{64})+)"
)


def locked(name: str) -> dict[str, str]:
    return {canonicalize_name(match["name"]): match["version"] for match in map(read, lines(name))}


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text().replace("\\\n", "")
    return [re.sub(r" +", " ", line).strip() for line in text.splitlines() if line.strip()]


def read(line: str) -> re.Match[str]:
    match = LINE.fullmatch(line)
    assert match, f"not an exact version with hashes: {line[:80]}"
    return match


def wanted() -> list[tuple[str, Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    return [(RUN, Requirement(text)) for text in run] + [(DEV, Requirement(text)) for text in run + dev]


@pytest.mark.parametrize("name", [RUN, DEV])
def test_every_line_is_one_package_with_hashes_and_no_address(name: str) -> None:
    assert len(locked(name)) > 10
    assert "://" not in (ROOT / name).read_text()
    assert not re.search(
        r"^\s*(-|--index|--extra|#)", (ROOT / name).read_text().replace("    --hash", ""), re.MULTILINE
    )


@pytest.mark.parametrize(("name", "requirement"), wanted(), ids=str)
def test_every_dependency_is_locked_to_a_version_it_allows(name: str, requirement: Requirement) -> None:
    version = locked(name).get(canonicalize_name(requirement.name))
    assert version, f"{requirement} is not in {name}: run make lock"
    assert Version(version) in requirement.specifier


def test_the_tests_run_on_the_versions_that_production_runs_on() -> None:
    run, dev = locked(RUN), locked(DEV)
    assert {name: dev.get(name) for name in run} == run


def test_no_lock_file_with_addresses_is_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert [
        name for name in ("uv.lock", "pylock.toml", "poetry.lock") if (ROOT / name).exists() and name not in ignored
    ] == []
