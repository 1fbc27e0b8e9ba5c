"""Every setting, from a few optional environment variables; the README lists them.

Without any, the embedded mode: SQLite and files under DATA_DIR, no keys, no mail.
"""

import math
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from storyboard.env import (
    LOG_LEVELS,
    ROOT,
    data_dir,
    database,
    env,
    env_choice,
    env_float,
    env_hosts,
    env_int,
    env_list,
    files_origin,
    networks,
    own_names,
    public_url,
    secret_key,
    split_url,
    time_zone,
)

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
CONNECTION_KEYS_FILE = Path(env("CONNECTION_KEYS_FILE", str(DATA_DIR / "connection_keys")))
VENDOR_HOSTS = env_hosts("VENDOR_HOSTS")
# Whether vendors are asked to call back: “auto” where they could reach PUBLIC_URL.
CALLBACKS = env_choice("CALLBACKS", "auto", ["auto", "always", "never"])
# How many seconds a vendor's list of tasks may be behind, and how far apart two readings of it must be, before a task
# that is not in it counts as never created.
LIST_LAG = env_int("LIST_LAG", 60, most=3_600)
LIST_APART = 30
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
    "storyboard.connections",
    "storyboard.boards",
    "storyboard.takes",
    "storyboard.frame",
    "storyboard.sandbox",
]

MIDDLEWARE = [
    "storyboard.middleware.proxies",
    "storyboard.middleware.request_ids",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "storyboard.middleware.connections_back",
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
S3_REGION = env("S3_REGION", "us-east-1")
S3_ENDPOINT = env("S3_ENDPOINT", f"https://s3.{S3_REGION}.amazonaws.com")
S3 = {
    "endpoint": S3_ENDPOINT,
    "public_endpoint": env("S3_PUBLIC_ENDPOINT", S3_ENDPOINT),
    "bucket": env("S3_BUCKET"),
    "region": S3_REGION,
    "key_file": env("S3_KEY_FILE"),
    "secret_file": env("S3_SECRET_FILE"),
    "key": env("S3_ACCESS_KEY_ID"),
    "secret": env("S3_SECRET_ACCESS_KEY"),
    "style": env_choice("S3_ADDRESSING_STYLE", "path", ["path", "virtual"]),
}
FILES_ORIGIN = files_origin(S3)
# Private hosts that people's and vendors' links may lead to all the same: media/fetch.py
FETCH_HOSTS = env_hosts("FETCH_HOSTS")
# What one team may keep, and for how long what it deleted can be brought back.
MEDIA_QUOTA_GB = env_int("MEDIA_QUOTA_GB", 20, most=1_000_000)
MEDIA_UNDO_DAYS = env_int("MEDIA_UNDO_DAYS", 30)
# Apps that use references say where: functions (references) -> {reference's key: [(label, address)]}
REFERENCE_USES = ["storyboard.boards.queries.uses_of"]
# Who knows what became of shots: a function (boards.queries.Sheet) -> {shot's key: boards.status.Status}
CARD_STATES = "storyboard.takes.cards.statuses"
# What stands beside the navigation's words: a function (team) -> something with number, words, is_urgent; or None.
NAV_COUNTS = {"queue": "storyboard.takes.office.badge"}
# Who looks at uploads that are no references, by content type: a task that takes the upload's id.
UPLOAD_TASKS = {"application/zip": "storyboard.boards.tasks.unpack"}

# An offline vendor at /sandbox/…, for trying things out: on one machine only, unless somebody says so.
SANDBOX = env_choice("SANDBOX", "on" if EMBEDDED else "off", ["on", "off"]) == "on"
SANDBOX_ROOT = DATA_DIR / "sandbox"
# host:port of private places that it may fetch references from and call back, besides this app itself.
SANDBOX_MEDIA_HOSTS = env_hosts("SANDBOX_MEDIA_HOSTS")
# 1 takes about as long as a real vendor; 0 is as fast as it renders.
SANDBOX_SPEED = env_float("SANDBOX_SPEED", 0.05)
# What one of its keys may do before it is answered 429; both numbers are Ark's.
SANDBOX_TASKS_A_MINUTE = 600
SANDBOX_UNFINISHED_TASKS = 120

# Read from no environment variable: places where the tests' processes are killed, see takes/faults.py
FAULT_POINTS = ""

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
# A vendor rings the address that it was given, and follows nothing.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^hooks/"]
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
        "img-src": [SELF, "data:", "blob:", *FILES_ORIGIN],
        "media-src": [SELF, "blob:", *FILES_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF, *FILES_ORIGIN],
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
    "filters": {"request": {"()": "storyboard.logs.Scrub"}, "answered": {"()": "storyboard.logs.Answered"}},
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
        # What a passkey is called inside is nobody's news.
        "fido2": {"level": "WARNING"},
        # Its own handler would write whole paths, and a doorbell's holds a secret; ours hides those.
        "uvicorn.access": {"handlers": ["console"], "propagate": False},
        # A person's mistyped address is not the operator's problem.
        "django.request": {"level": "ERROR", "filters": ["answered"]},
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
    **cluster(env_int("FAST_WORKERS", 4), timeout=60),
    "ALT_CLUSTERS": {"media": {"recycle": 200, **cluster(env_int("MEDIA_WORKERS", 2), timeout=600)}},
}
# Every task there is, by dotted name, and the cluster that runs it: storyboard.jobs.queue.enqueue()
JOB_TASKS = {
    "storyboard.accounts.tasks.send_message": "fast",
    "storyboard.accounts.tasks.send_waiting_messages": "fast",
    "storyboard.boards.tasks.clear_export": "fast",
    "storyboard.boards.tasks.pack": "media",
    "storyboard.boards.tasks.paint_forgotten": "fast",
    "storyboard.boards.tasks.paint_sample": "media",
    "storyboard.boards.tasks.tidy": "fast",
    "storyboard.boards.tasks.unpack": "media",
    "storyboard.connections.tasks.check": "fast",
    "storyboard.jobs.housekeeping.tidy": "fast",
    "storyboard.media.sweeps.catch_up": "fast",
    "storyboard.media.sweeps.free_files": "media",
    "storyboard.media.sweeps.tidy_storage": "media",
    "storyboard.media.tasks.begin": "fast",
    "storyboard.media.tasks.check": "media",
    "storyboard.media.tasks.clear": "fast",
    "storyboard.media.watch.look": "fast",
    "storyboard.sandbox.tasks.begin": "fast",
    "storyboard.sandbox.tasks.finish": "fast",
    "storyboard.sandbox.tasks.render": "media",
    "storyboard.sandbox.tasks.ring": "fast",
    "storyboard.sandbox.tasks.sweep": "fast",
    "storyboard.sandbox.tasks.tidy": "media",
    "storyboard.sandbox.tasks.welcome": "fast",
    "storyboard.takes.tasks.sweeping.wake": "fast",
    "storyboard.takes.tasks.binding.answer": "fast",
    "storyboard.takes.tasks.binding.pasted": "fast",
    "storyboard.takes.tasks.cancelling.cancel": "fast",
    "storyboard.takes.tasks.collecting.collect": "media",
    "storyboard.takes.tasks.collecting.prepare": "media",
    "storyboard.takes.tasks.measuring.catch_up": "fast",
    "storyboard.takes.tasks.measuring.measure": "media",
    "storyboard.takes.tasks.polling.poll": "fast",
    "storyboard.takes.tasks.polling.refresh": "fast",
    "storyboard.takes.tasks.reconciling.look_again": "fast",
    "storyboard.takes.tasks.reconciling.reconcile": "fast",
    "storyboard.takes.tasks.sending.send": "fast",
    "storyboard.teams.tasks.purge_deleted_teams": "fast",
    "storyboard.teams.tasks.send_invitation": "fast",
    "storyboard.teams.tasks.send_waiting_invitations": "fast",
}
# Tasks that are queued with the id of each new team; apps above teams add theirs here.
TEAM_CREATED = ["storyboard.sandbox.tasks.welcome"] if SANDBOX else []
# A function (team, by) that makes what the very first link leads to, and gives its address.
FIRST_FILM = "storyboard.boards.actions.first_film"
