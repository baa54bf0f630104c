"""Every setting of HuleEdu, read once from the environment (and from .env beside manage.py).

Secrets have no default: without SECRET_KEY nothing starts. Units stand in the names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

# --- The site -----------------------------------------------------------------------------
SECRET_KEY: str = env.str("SECRET_KEY")  # signs sessions and queue rows; `make` writes a random one
DEBUG: bool = env.bool("DEBUG", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS: bool = env.bool("HTTPS", default=True)  # false only on a laptop, where no proxy ends TLS
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))  # what a running site writes

ROOT_URLCONF = "huleedu.urls"
WSGI_APPLICATION = "huleedu.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_guid",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "knox",
    "rest_framework",
    # HuleEdu, from the roof's neighbours down to the ground (docs/architecture.md)
    "pages",
    "api",
    "exports",
    "spellcheck",
    "pipelines",
    "files",
    "lifecycle",
    "batches",
    "content",
    "accounts",
    "events",
    "jobs",
]

MIDDLEWARE = [
    "huleedu.health.answer_health_checks",
    "huleedu.metrics.measure_requests",
    "django_guid.middleware.guid_middleware",
    "huleedu.request_log.tell_requests",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pages.polling.answer_unchanged",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.speak_the_users_language",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- The database -------------------------------------------------------------------------
# One alias carries the domain and the queue, so that a change and its work commit together.
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'huleedu.sqlite3'}")
}
DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL and IMMEDIATE: without them three writers meet "database is locked" within seconds.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "cached_statements": 32,  # of a connection; with 128, as usual, each thread keeps 1 MB more
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Tests use a file, so that a real worker process sees what they wrote.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A cursor on the server that nobody read to its end is closed by the garbage collector, which
    # may run while psycopg holds the connection's lock in the same thread: it waits for ever.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    # Statements are parsed and planned once a session, not each time: a fifth of the server's CPU.
    DATABASES["default"]["OPTIONS"] = {
        "server_side_binding": True,
        "prepare_threshold": 5,  # psycopg's own default; Django's is never
        # Who falls silent, as a host without power does, loses its transactions and their locks.
        "options": "-c idle_in_transaction_session_timeout=15s",
        # So does a server that has failed over: seconds, where TCP by itself waits for hours.
        "connect_timeout": 5,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,  # ms
    } | DATABASES["default"].get("OPTIONS", {})

# --- People -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "pages:login"
LOGIN_REDIRECT_URL = "pages:overview"
LOGOUT_REDIRECT_URL = "pages:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# knox would make a table of its own beside ours, which nothing uses and no flush can empty.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model's name
REST_KNOX = {
    "TOKEN_TTL": None,  # each token's own expiry is given when it is made
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
}

# --- Language and time --------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("sv", _("Swedish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE: str = env.str("TIME_ZONE", default="Europe/Stockholm")
USE_TZ = True

# --- Content and uploads ------------------------------------------------------------------
MAX_UPLOAD_BYTES: int = env.int("MAX_UPLOAD_BYTES", default=20 * 1024**2)  # a file; 20 MiB
MAX_ARCHIVE_BYTES: int = env.int("MAX_ARCHIVE_BYTES", default=200 * 1024**2)  # a zip of a class
MAX_ARCHIVE_INFLATED_BYTES: int = env.int("MAX_ARCHIVE_INFLATED_BYTES", default=500 * 1024**2)
MAX_FILES_PER_REQUEST: int = env.int("MAX_FILES_PER_REQUEST", default=300)  # Django allows 100
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_FILES_PER_REQUEST
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2 * MAX_FILES_PER_REQUEST + 100  # an essay named beside each file
FILE_UPLOAD_HANDLERS = ["content.uploadhandler.BoundedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default=None)

CONTENT_S3_BUCKET: str = env.str("CONTENT_S3_BUCKET", default="")  # empty: files live on disk
_S3_CONNECT_S, _S3_READ_S, _S3_TRIES = 2, 4, 2  # of each call
_CONTENT_STORAGE: dict[str, Any] = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": CONTENT_S3_BUCKET,
            "endpoint_url": env.str("CONTENT_S3_ENDPOINT_URL", default=None),
            "region_name": env.str("CONTENT_S3_REGION", default=None),
            "access_key": env.str("CONTENT_S3_ACCESS_KEY", default=None),
            "secret_key": env.str("CONTENT_S3_SECRET_KEY", default=None),
            "file_overwrite": False,
        },
    }
    if CONTENT_S3_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "content", "base_url": None},
    }
)
if CONTENT_S3_BUCKET:
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config  # takes a while to load, and only S3 needs it

    # A request waits for the storage, and a task within its time: two tries, then the file is
    # refused or waits. What breaks off in the middle of a download is not tried anew by itself.
    _CONTENT_STORAGE["OPTIONS"] |= {
        "client_config": Config(
            connect_timeout=_S3_CONNECT_S,
            read_timeout=_S3_READ_S,
            retries={"total_max_attempts": _S3_TRIES},
        ),
        "transfer_config": TransferConfig(num_download_attempts=1),
    }
# A read is three calls one after the other, HEAD, HEAD and GET, with a pause of 1 s between tries.
_STORAGE_S = 3 * (_S3_TRIES * (_S3_CONNECT_S + _S3_READ_S) + 1) if CONTENT_S3_BUCKET else 0
STORAGES = {
    "default": _CONTENT_STORAGE,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

# --- Extraction: untrusted files are read in a child process under these limits -----------
EXTRACT_MEMORY_BYTES: int = env.int("EXTRACT_MEMORY_BYTES", default=1024**3)
EXTRACT_TIMEOUT_S: int = env.int("EXTRACT_TIMEOUT_S", default=15)
EXTRACT_MAX_PAGES: int = env.int("EXTRACT_MAX_PAGES", default=200)
EXTRACT_MAX_TEXT_CHARS: int = env.int("EXTRACT_MAX_TEXT_CHARS", default=1_000_000)
OCR_TIMEOUT_S: int = env.int("OCR_TIMEOUT_S", default=600)  # a scan; 40 pages take 1 to 3 s each

CLAMD_URL: str = env.str("CLAMD_URL", default="")  # tcp://host:port or unix:///path; "": no scan
CLAMD_TIMEOUT_S: int = env.int("CLAMD_TIMEOUT_S", default=10)  # a file

# --- Batches ------------------------------------------------------------------------------
READINESS_TIMEOUT_S: int = env.int("READINESS_TIMEOUT_S", default=86_400)  # a day
MAX_RETRIES: int = env.int("MAX_RETRIES", default=3)  # of one essay's step, after the first try
PARTIAL_BATCH_THRESHOLD: float = env.float("PARTIAL_BATCH_THRESHOLD", default=0.8)

# --- Exports ------------------------------------------------------------------------------
EXPORT_KEEP_DAYS: int = env.int("EXPORT_KEEP_DAYS", default=7)  # they hold pupils' texts

# --- Work: django-q2 on the database above ------------------------------------------------
ESSAYS_PER_TASK = 15  # of one batch and step, that share their statements; twice that in a crowd
GARBAGE_AFTER = 5_000  # new objects; at Python's 700 a task of many rows spends 6 % on looking
SHORT_PDF_PAGES = 40  # at 18 ms each; the long queue reads more. Other formats' limits take 0.2 s
LONG_WINDOW = 2  # files a batch in the long queue, which has one process: a scan takes a minute
QUEUE_WINDOW = 30  # queued essays a batch and step: three essays never wait behind three hundred
RETRY_BACKOFF_S: float = env.float("RETRY_BACKOFF_S", default=2.0)  # doubled at each attempt
HINDERED_MOST_DAYS: int = env.int("HINDERED_MOST_DAYS", default=7)  # longer than any weekend
SWEEP_INTERVAL_S: int = env.int("SWEEP_INTERVAL_S", default=15)
WORKER_PRELOAD = ["spellcheck.engine.preload"]  # load what the worker's processes share
WORKER_START = ["files.tasks.start_reader"]  # run in each of them when it starts
WORKER_GRACE_S: int = env.int("WORKER_GRACE_S", default=25)  # for running tasks at a stop
WORKER_SILENCE_S: int = env.int("WORKER_SILENCE_S", default=10)  # beyond the longest task
WORKER_NICE: int = env.int("WORKER_NICE", default=10)  # the web answers first
_SCANNER_S = CLAMD_TIMEOUT_S if CLAMD_URL else 0
_TASK_S = _STORAGE_S + _SCANNER_S + EXTRACT_TIMEOUT_S + 5  # and small files before a hanging one
Q_CLUSTER: dict[str, Any] = {
    "name": "huleedu",
    "orm": "default",
    "workers": env.int("WORKER_PROCESSES", default=2),
    "timeout": _TASK_S,  # seconds a task may run
    "retry": _TASK_S + 7,  # seconds of lease, up to one more; renewed when work begins late
    "max_attempts": 10,  # a seat belt: attempts are counted on our own rows
    "ack_failures": False,
    "save_limit": -1,  # results live on our rows; no success rows
    "bulk": 1,
    "queue_limit": 1,  # tasks claimed before a worker is free for them
    "scheduler": False,  # sweeps run in the steward; nothing else is due by the clock
    "poll": 0.05,  # seconds; decides the idle latency
    "guard_cycle": 0.5,  # seconds; at most so late does a stop or a hung task show
    "recycle": 500,
    "max_rss": 400_000,  # kB
    "catch_up": False,
    "label": "Queue",
    "ALT_CLUSTERS": {
        "long": {
            "workers": 1,
            "timeout": OCR_TIMEOUT_S + 60 + _TASK_S,  # the page under way when the time is up
            "retry": OCR_TIMEOUT_S + 70 + _TASK_S,
            "queue_limit": 0,  # what would wait here for minutes another host may begin
            "poll": 0.5,  # nobody waits for the beginning of something long
        },
    },
}
LONG_TASKS = {  # task → its queue; all others: the short one
    "files.tasks.read_long": "long",
    "files.tasks.scan_kept": "long",
}

# --- API ----------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "api.permissions.MayWrite",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "api.errors.handle",
    "DEFAULT_THROTTLE_RATES": {"login": env.str("LOGIN_RATE", default="10/min")},
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),  # whose X-Forwarded-For counts for limits
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "HuleEdu API",
    "DESCRIPTION": "Batches of essays: files in, text out, language checked, the teacher decides.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/v1",
    "ENUM_NAME_OVERRIDES": {
        "BatchStatusEnum": [
            "pending_content",
            "ready",
            "processing",
            "completed_successfully",
            "completed_with_failures",
            "failed",
            "cancelled",
        ],
        "ExportKindEnum": "exports.models.Export.Kind",
        "MisspellingKindEnum": "spellcheck.models.Misspelling.Kind",
        "DecisionEnum": "spellcheck.models.Misspelling.Decision",
    },
}

# --- Safety -------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^metrics$"]  # inside the house plain HTTP is spoken
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# --- Watching -----------------------------------------------------------------------------
METRICS_ENABLED: bool = env.bool("METRICS_ENABLED", default=False)
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")  # enables too, for those who show it
METRICS_DIR = Path(env.str("METRICS_DIR", default="") or VAR_DIR / "metrics")
METRICS_FRESH_S = 60  # so long are numbers kept for which whole tables are read
READY_FRESH_S = 5  # so long is it remembered how the house was found
READY_QUEUE_AGE_S: int = env.int("READY_QUEUE_AGE_S", default=300)  # older is not well
READY_LONG_QUEUE_AGE_S: int = env.int("READY_LONG_QUEUE_AGE_S", default=14_400)  # and of scans

# --- Logs: ids and counts, never an essay's text or a person's name -----------------------
DJANGO_GUID: dict[str, Any] = {
    "GUID_HEADER_NAME": "X-Correlation-ID",
    "VALIDATE_GUID": True,
    "RETURN_HEADER": True,
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [],
    "UUID_FORMAT": "string",
}
LOG_FORMAT: str = env.str("LOG_FORMAT", default="json")  # json or plain
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "correlation": {"()": "django_guid.log_filters.CorrelationId"},
        "without_queries": {"()": "huleedu.logs.WithoutQueries"},
    },
    "formatters": {
        "json": {
            "()": "huleedu.logs.Json",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(correlation_id)s %(message)s",
        },
        "plain": {
            "()": "huleedu.logs.Plain",
            "fmt": "%(asctime)s %(levelname)-7s %(name)s %(message)s",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["correlation"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {},  # without Django's own handlers, which write whole errors
        "django_guid": {"level": "WARNING"},
        "django-q": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "django.server": {"level": "WARNING", "propagate": True},
        "gunicorn.error": {"propagate": True, "filters": ["without_queries"]},
    },
}
