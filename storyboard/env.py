"""How settings are read from the environment; a wrong one is one plain sentence, never a traceback.

Only settings.py uses these.
"""

import contextlib
import os
import secrets
import socket
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storyboard.addresses import named
from storyboard.errors import SettingError

KEY_LENGTH = 32
LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
ROOT = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_int(name: str, default: int, *, most: int = 1_000) -> int:
    text = env(name, str(default))
    try:
        number = int(text)
    except ValueError as error:
        raise SettingError(f"{name} must be a whole number, not “{text}”.") from error
    if not 1 <= number <= most:
        raise SettingError(f"{name} must be a number from 1 to {most}, not {number}.")
    return number


def env_float(name: str, default: float, *, most: float = 100) -> float:
    text = env(name, str(default))
    try:
        number = float(text)
    except ValueError as error:
        raise SettingError(f"{name} must be a number, not “{text}”.") from error
    # Written so that “nan” is refused too.
    if not 0 <= number <= most:
        raise SettingError(f"{name} must be a number from 0 to {most:g}, not {text}.")
    return number


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    text = env(name, default)
    if text not in choices:
        raise SettingError(f"{name} must be one of {', '.join(choices)}, not “{text}”.")
    return text


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_hosts(name: str) -> frozenset[str]:
    """Hosts with their ports, as addresses.Policy has them."""
    found = set()
    for text in env_list(name):
        try:
            found.add(named(text))
        except ValueError as error:
            raise SettingError(f"{name} must hold hosts with a port like gateway.local:8443, not “{text}”.") from error
    return frozenset(found)


def split_url(name: str, url: str) -> SplitResult:
    """The URL in its parts; one that cannot be read is not repeated, because it may hold a password."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only now, and it may be no number
    except ValueError as error:
        raise SettingError(f"{name} is not a URL that can be read: look at its host and port.") from error
    return parts


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(text, strict=False) for text in env_list(name)]
    except ValueError as error:
        raise SettingError(f"{name} must hold addresses or networks like 10.0.0.0/8: {error}.") from error


def time_zone(name: str) -> str:
    text = env(name, "UTC")
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise SettingError(f"{name} must be a zone like Europe/Berlin, not “{text}”.") from error


def public_url(text: str) -> str:
    parts = split_url("PUBLIC_URL", text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
        raise SettingError("PUBLIC_URL must look like https://films.example.com, without a path.")
    return text.rstrip("/")


def data_dir() -> Path:
    path = Path(os.path.expanduser(env("DATA_DIR", str(ROOT / ".data")))).resolve()
    try:
        # Ours alone when we make it: the database in it holds everybody's sessions.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingError(f"Cannot write to {path}: {error.strerror}. Set DATA_DIR to a folder you own.") from error
    return path


def secret_key(path: Path) -> str:
    """Read the key file; the first process to start makes it, and the others use what that one wrote."""
    try:
        if not path.exists():
            fresh = path.with_name(f"{path.name}.{os.getpid()}")
            fresh.touch(mode=0o600)  # before the key is in it, not after
            fresh.write_text(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        key = path.read_text().strip()
    except OSError as error:
        raise SettingError(f"Cannot use the key file {path}: {error.strerror}. Set SECRET_KEY_FILE.") from error
    except ValueError as error:
        raise SettingError(f"Cannot use the key file {path}: it is not text. Set SECRET_KEY_FILE.") from error
    if len(key) < KEY_LENGTH:
        raise SettingError(f"The key in {path} is too short: it needs at least {KEY_LENGTH} characters.")
    return key


def secret_file(name: str) -> str:
    """What is in the file that a setting names, so that the secret itself is in no environment."""
    path = env(name)
    try:
        return Path(path).read_text().strip() if path else ""
    except OSError as error:
        raise SettingError(f"Cannot read {path}, which {name} names: {error.strerror}.") from error
    except ValueError as error:
        raise SettingError(f"Cannot read {path}, which {name} names: it is not text.") from error


def database(url: str, data: Path, *, pooled: bool) -> dict[str, Any]:
    """SQLite for no URL or sqlite:///path, PostgreSQL for postgres://user:password@host:port/name?option=value."""
    parts = split_url("DATABASE_URL", url)
    if not url or parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path)[1:] or str(data / "lastframe.sqlite3"),
            "CONN_MAX_AGE": None,
            # A file for tests too: in memory there is no WAL and no second process.
            "TEST": {"NAME": str(data / "test.sqlite3")},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingError("DATABASE_URL must start with postgres:// or sqlite:///.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    # Only the web processes pool: a pool that is forked, as the job clusters fork, hands one socket to two processes.
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": env_int("DB_POOL", 10), "timeout": 10, "max_idle": 60}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or secret_file("DATABASE_PASSWORD_FILE"),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pooled else None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def own_names(host: str) -> list[str]:
    """The names a browser may call us by: loopback, the address we listen on and, when that is all of them, our own."""
    names = {"localhost", "127.0.0.1", "[::1]"}
    if host in {"0.0.0.0", "::"}:  # noqa: S104  only compared
        names.add(socket.gethostname())
        with contextlib.suppress(OSError):  # a name that nobody can look up still works as a name
            found = socket.getaddrinfo(socket.gethostname(), None, proto=socket.IPPROTO_TCP)
            names |= {str(info[4][0]) for info in found}
    else:
        names.add(f"[{host}]" if ":" in host else host)
    return sorted(names)


def files_origin(s3: dict[str, str]) -> list[str]:
    """Where browsers send and fetch files when that is not this site: the S3 server’s own origin."""
    if not s3["bucket"]:
        return []
    parts = split_url("S3_PUBLIC_ENDPOINT", s3["public_endpoint"])
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError("S3_ENDPOINT and S3_PUBLIC_ENDPOINT must look like https://files.example.com.")
    host = f"{s3['bucket']}.{parts.netloc}" if s3["style"] == "virtual" else parts.netloc
    return [f"{parts.scheme}://{host}"]
