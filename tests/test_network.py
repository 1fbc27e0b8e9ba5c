"""The network is used in a few named modules and nowhere else, so that every outgoing call can be reviewed."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CLIENTS = ("aiohttp", "boto3", "ftplib", "http.client", "httpcore", "httpx", "requests", "urllib.request", "urllib3")
# Each line here is a decision: what the module may reach.
ALLOWED = {
    "jobs/server.py": {"urllib.request"},  # our own web process: is it up?
    "media/fetch.py": {"httpx"},  # a URL from a person or a vendor, through pinned.py
    "media/storage/s3.py": {"boto3"},  # our own bucket
    "pinned.py": {"httpcore", "httpx"},  # what a policy allows: public addresses and named hosts
    "providers/http.py": {"httpx"},  # a vendor, at the base URL of a team's connection
    "providers/names.py": {"httpcore", "httpx"},  # how that vendor's address is found
    "sandbox/calling.py": {"httpx"},  # a customer's callback address, through pinned.py
}
SOURCES = sorted((ROOT / "storyboard").rglob("*.py"))


def clients(source: str) -> set[str]:
    """The clients a module imports at any depth: `import a.b`, `from a import b`, inside a function too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {client for client in CLIENTS for name in names if name == client or name.startswith(f"{client}.")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_uses_no_network_client_that_it_was_not_given(path: Path) -> None:
    given = ALLOWED.get(str(path.relative_to(ROOT / "storyboard")), set())
    assert clients(path.read_text(encoding="utf-8")) <= given


def test_every_permission_is_used() -> None:
    used = {str(path.relative_to(ROOT / "storyboard")): clients(path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {name: found for name, found in used.items() if found} == {
        name: given for name, given in ALLOWED.items() if name in used
    }


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import httpx", {"httpx"}),
        ("def late():\n    from urllib import request", {"urllib.request"}),
        ("from urllib.request import urlopen", {"urllib.request"}),
        ("from requests.adapters import HTTPAdapter", {"requests"}),
        ("from urllib.parse import urlsplit", set()),
        ("import httpxyz", set()),
    ],
)
def test_a_client_is_seen_however_it_is_imported(source: str, found: set[str]) -> None:
    assert clients(source) == found
