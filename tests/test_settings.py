"""What the environment variables mean, and the one sentence for a wrong one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from storyboard.env import (
    ROOT,
    data_dir,
    database,
    env_float,
    env_hosts,
    env_int,
    files_origin,
    own_names,
    secret_file,
    secret_key,
)
from storyboard.errors import SettingError


def test_no_url_means_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    found = database("", tmp_path, pooled=True)
    assert found["NAME"] == str(tmp_path / "lastframe.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_a_postgres_url_is_read_with_its_escapes(tmp_path: Path) -> None:
    found = database("postgres://me:p%40ss@db.example:5433/films%20?sslmode=require", tmp_path, pooled=False)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("me", "p@ss", "db.example", "5433")
    assert (found["NAME"], found["OPTIONS"]) == ("films ", {"sslmode": "require"})
    assert found["CONN_MAX_AGE"] is None


def test_only_web_processes_pool_their_connections(tmp_path: Path) -> None:
    assert "pool" in database("postgres://u@h/d", tmp_path, pooled=True)["OPTIONS"]
    assert "pool" not in database("postgres://u@h/d", tmp_path, pooled=False)["OPTIONS"]


def test_another_database_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="postgres:// or sqlite:///"):
        database("mysql://u@h/d", tmp_path, pooled=False)


def test_a_key_file_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    first = secret_key(path)
    assert secret_key(path) == first
    assert (path.stat().st_mode & 0o777) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "short", "x" * 31])
def test_a_weak_key_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret_key").write_text(text)
    with pytest.raises(SettingError, match="at least 32 characters"):
        secret_key(tmp_path / "secret_key")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(SettingError, match="Set DATA_DIR to a folder you own"):
        data_dir()


def test_a_number_that_is_none_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(SettingError, match="PORT must be a whole number, not “eighty”"):
        env_int("PORT", 8000)


@pytest.mark.parametrize("text", ["fast", "-0.1", "101", "nan", "inf"])
def test_a_speed_that_is_none_is_refused_in_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", text)
    with pytest.raises(SettingError, match="SANDBOX_SPEED must be a number"):
        env_float("SANDBOX_SPEED", 1)


WRONG = {
    "PORT": ["0", "-1", "65536", "99999", "²", "--5"],
    "FAST_WORKERS": ["0", "-2"],
    "PUBLIC_URL": [
        "films",
        "https://",
        "http://[films",
        "https://films:port",
        "https://a.example/b",
        "https://a@b.example",
    ],
    "DATABASE_URL": ["postgres://u:pass@h:port/d", "postgres://[h/d", "mysql://h/d"],
    "EMAIL_URL": ["smtp://h:port"],
    "TRUSTED_PROXIES": ["proxy", "10.0.0.0/99"],
    "FETCH_HOSTS": ["s3.lan", "s3.lan:x", "s3.lan:0", "s3.lan:65536", "http://s3.lan:9000", "[::1:9000", "[::z]:80"],
    "TIME_ZONE": ["Mars/Base", "../etc", "/etc/localtime"],
    "LOG_LEVEL": ["loud"],
    "LOG_FORMAT": ["xml"],
    "DATA_DIR": ["/dev/null/data"],
    "SECRET_KEY_FILE": ["/", "/bin/sh", "/no/such/file"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_one_sentence_without_the_password(name: str, value: str, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), name: value}
    command = [sys.executable, "-c", READ]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "pass@" not in ended.stderr


READ = """
import sys
from storyboard.errors import SettingError
try:
    import storyboard.settings
except SettingError as error:
    sys.exit(str(error))
"""


def test_a_data_folder_that_we_make_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    assert data_dir().stat().st_mode & 0o777 == 0o700


def test_a_secret_file_that_is_no_text_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_bytes(b"\xb2\xff")
    monkeypatch.setenv("SECRET", str(tmp_path / "secret"))
    with pytest.raises(SettingError, match="which SECRET names: it is not text"):
        secret_file("SECRET")


def test_a_machine_whose_own_name_is_unknown_still_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "lost.invalid")
    assert "lost.invalid" in own_names("0.0.0.0")


def test_listening_everywhere_answers_to_our_own_names() -> None:
    assert "*" not in own_names("0.0.0.0")
    assert {"localhost", "127.0.0.1", "[::1]"} <= set(own_names("0.0.0.0"))
    assert "[fd00::1]" in own_names("fd00::1")


def test_the_database_password_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    assert database("postgres://ann@db/films", tmp_path, pooled=False)["PASSWORD"] == "s3cret"
    assert database("postgres://ann:own@db/films", tmp_path, pooled=False)["PASSWORD"] == "own"


def test_a_password_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "absent"))
    with pytest.raises(SettingError, match="which DATABASE_PASSWORD_FILE names: No such file"):
        database("postgres://ann@db/films", tmp_path, pooled=False)


def test_named_hosts_have_a_port_and_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_HOSTS", "Gateway.local:8443, 10.0.0.7:80, [::1]:9000")
    assert env_hosts("VENDOR_HOSTS") == {"gateway.local:8443", "10.0.0.7:80", "[::1]:9000"}
    for wrong in ("gateway.local", "https://gateway.local:443", "*:80"):
        monkeypatch.setenv("VENDOR_HOSTS", wrong)
        with pytest.raises(SettingError, match="hosts with a port"):
            env_hosts("VENDOR_HOSTS")


@pytest.mark.parametrize(
    ("bucket", "style", "endpoint", "origin"),
    [
        ("", "path", "https://files.example.com", []),
        ("films", "path", "https://files.example.com/", ["https://files.example.com"]),
        ("films", "path", "http://127.0.0.1:7070", ["http://127.0.0.1:7070"]),
        ("films", "virtual", "https://s3.example.com", ["https://films.s3.example.com"]),
    ],
)
def test_pages_may_reach_files_only_where_they_are_kept(
    bucket: str, style: str, endpoint: str, origin: list[str]
) -> None:
    assert files_origin({"bucket": bucket, "style": style, "public_endpoint": endpoint}) == origin


@pytest.mark.parametrize("endpoint", ["files.example.com", "ftp://files.example.com", "https://"])
def test_an_endpoint_that_is_no_address_is_refused_in_words(endpoint: str) -> None:
    with pytest.raises(SettingError, match="must look like https://"):
        files_origin({"bucket": "films", "style": "path", "public_endpoint": endpoint})
