"""Every setting, from a few optional environment variables; the README lists them.

Without any, the embedded mode: SQLite and files under DATA_DIR, no keys, no mail.
"""

import contextlib
import math
import os
import secrets
import socket
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csp.constants import NONE, SELF

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


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    text = env(name, default)
    if text not in choices:
        raise SettingError(f"{name} must be one of {', '.join(choices)}, not “{text}”.")
    return text


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


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


HOST = env("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, most=65_535)
DATA_DIR = data_dir()
DATABASE_URL = env("DATABASE_URL")
EMBEDDED = not DATABASE_URL.startswith("postgres")
PUBLIC_URL = public_url(env("PUBLIC_URL", f"http://localhost:{PORT}"))
HTTPS = PUBLIC_URL.startswith("https://")
# `serve` writes there where it listens, for commands that are started beside it without PORT.
RUNNING_AT = DATA_DIR / "running-at"

DEBUG = False
SECRET_KEY_FILE = Path(env("SECRET_KEY_FILE", str(DATA_DIR / "secret_key")))
SECRET_KEY = secret_key(SECRET_KEY_FILE)
ALLOWED_HOSTS = [*own_names(HOST), str(urlsplit(PUBLIC_URL).hostname), *env_list("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_q",
    "template_partials",
    "storyboard.jobs",
    "storyboard.live",
    "storyboard.teams",
    "storyboard.accounts",
    "storyboard.media",
    "storyboard.frame",
]

MIDDLEWARE = [
    "storyboard.middleware.proxies",
    "storyboard.middleware.request_ids",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "storyboard.middleware.no_store",
    "storyboard.middleware.domain_errors",
]

ROOT_URLCONF = "storyboard.urls"
ASGI_APPLICATION = "storyboard.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storyboard.teams.context.current",
            ],
        },
    }
]
FORM_RENDERER = "storyboard.forms.Renderer"

DATABASES = {"default": database(DATABASE_URL, DATA_DIR, pooled=env("PROCESS_ROLE") == "web")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        # In the database, so that every web process counts the same attempts.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cacheentry",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

LANGUAGE_CODE = "en"
TIME_ZONE = time_zone("TIME_ZONE")
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [ROOT / "static"]
SERVESTATIC_USE_FINDERS = EMBEDDED
SERVESTATIC_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
S3 = {
    "endpoint": env("S3_ENDPOINT"),
    "public_endpoint": env("S3_PUBLIC_ENDPOINT", env("S3_ENDPOINT")),
    "bucket": env("S3_BUCKET"),
    "region": env("S3_REGION", "us-east-1"),
    "key_file": env("S3_KEY_FILE"),
    "secret_file": env("S3_SECRET_FILE"),
    "key": env("S3_ACCESS_KEY_ID"),
    "secret": env("S3_SECRET_ACCESS_KEY"),
    "style": env("S3_ADDRESSING_STYLE", "path"),
}

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

EMAIL_URL = split_url("EMAIL_URL", env("EMAIL_URL"))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL.hostname else 'console'}.EmailBackend"
EMAIL_HOST = EMAIL_URL.hostname or "localhost"
EMAIL_PORT = EMAIL_URL.port or 25
EMAIL_HOST_USER = unquote(EMAIL_URL.username or "")
EMAIL_HOST_PASSWORD = unquote(EMAIL_URL.password or "")
EMAIL_USE_TLS = EMAIL_URL.scheme == "smtp+tls"
EMAIL_USE_SSL = EMAIL_URL.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", "Lastframe <lastframe@localhost>")

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Not “no-referrer”: with that, browsers send “Origin: null” with every form, and the CSRF check refuses it.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "storyboard.logs.Scrub"}},
    "formatters": {
        "json": {"()": "storyboard.logs.JsonFormatter"},
        "plain": {"()": "storyboard.logs.PlainFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request"],
            "formatter": env_choice("LOG_FORMAT", "plain" if EMBEDDED else "json", ["plain", "json"]),
        }
    },
    "root": {"handlers": ["console"], "level": env_choice("LOG_LEVEL", "WARNING" if EMBEDDED else "INFO", LOG_LEVELS)},
    "loggers": {
        # A person's mistyped address is not the operator's problem.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Nor are a stranger's broken requests: their tracebacks would fill a disk.
        "django.security.RequestDataTooBig": {"level": "CRITICAL"},
        "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
        "django.security.TooManyFilesSent": {"level": "CRITICAL"},
    },
}

# Accounts: django-allauth, https://docs.allauth.org
ACCOUNT_ADAPTER = "storyboard.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none" if EMBEDDED and not EMAIL_URL.hostname else "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = bool(EMAIL_URL.hostname)
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Passwords are counted by accounts/throttle.py; all other limits of allauth stay on.
ACCOUNT_RATE_LIMITS = {"login": None}
ACCOUNT_FORMS = {
    "login": "storyboard.accounts.forms.SignInForm",
    "signup": "storyboard.accounts.forms.SignUpForm",
    "change_password": "storyboard.accounts.forms.ChangePasswordForm",
    "set_password": "storyboard.accounts.forms.SetPasswordForm",
    "reset_password": "storyboard.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "storyboard.accounts.forms.NewPasswordForm",
    "reauthenticate": "storyboard.accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "storyboard.accounts.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_PERIOD = 30
MFA_TOTP_TOLERANCE = 1
# Whoever could sign in has a confirmed address where mail is set up; a pending change must not lock the door.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "storyboard.accounts.forms.SecondStepForm",
    "reauthenticate": "storyboard.accounts.forms.SecondStepAgainForm",
    "activate_totp": "storyboard.accounts.forms.TurnOnAppForm",
    "add_webauthn": "storyboard.accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "storyboard.accounts.passkeys.RenamePasskeyForm",
    "login_webauthn": "storyboard.accounts.passkeys.SignInWithPasskeyForm",
    "authenticate_webauthn": "storyboard.accounts.passkeys.SecondStepPasskeyForm",
    "reauthenticate_webauthn": "storyboard.accounts.passkeys.PasskeyAgainForm",
}
CSRF_FAILURE_VIEW = "storyboard.pages.csrf_failure"


# The queue: django-q2, https://django-q2.readthedocs.io, with the broker and the supervisor of storyboard.jobs
def cluster(workers: int, timeout: int) -> dict[str, int]:
    """One pool of workers; the lease (`retry`) outlasts a job that waited its turn in memory behind other slow jobs."""
    queue_limit = workers
    turns = 2 + math.ceil((queue_limit + 1) / workers)
    return {"workers": workers, "queue_limit": queue_limit, "timeout": timeout, "retry": (timeout + 5) * turns}


Q_CLUSTER = {
    "name": "fast",
    "orm": "default",
    "broker_class": "storyboard.jobs.broker.DatabaseBroker",
    "poll": 0.05,
    # A failed job runs again after its lease, three times in all; what must not be repeated is guarded by its own row.
    "ack_failures": False,
    "max_attempts": 3,
    "save_limit": -1,
    "catch_up": False,
    "scheduler": False,
    # No such cache: django-q2 then keeps no statistics, which would be two writes a second for nobody.
    "cache": "none",
    "recycle": 5_000,
    **cluster(env_int("FAST_WORKERS", 4), timeout=20),
    "ALT_CLUSTERS": {"media": {"recycle": 200, **cluster(env_int("MEDIA_WORKERS", 2), timeout=600)}},
}
# Every task there is, by dotted name, and the cluster that runs it: storyboard.jobs.queue.enqueue()
JOB_TASKS = {
    "storyboard.accounts.tasks.send_message": "fast",
    "storyboard.accounts.tasks.send_waiting_messages": "fast",
    "storyboard.jobs.housekeeping.tidy": "fast",
    "storyboard.teams.tasks.purge_deleted_teams": "fast",
    "storyboard.teams.tasks.send_invitation": "fast",
    "storyboard.teams.tasks.send_waiting_invitations": "fast",
}
