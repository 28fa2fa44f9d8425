"""Django's settings, one file, everything from the environment (see .env.example for every name)."""

import json
import os
import secrets
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PANSHI_DATA", "var")).resolve()
"""Where the database file, ledger, uploads and logs live."""


def _flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


def _names(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


# Tools (types, migrations, tests) run without secrets; `panshi run` refuses to start until they are set.
SECRETS_ARE_SET = bool(os.environ.get("PANSHI_SECRET_KEY")) and bool(os.environ.get("PANSHI_AUDIT_KEY"))
SECRET_KEY = os.environ.get("PANSHI_SECRET_KEY") or secrets.token_hex(32)
AUDIT_KEY = os.environ.get("PANSHI_AUDIT_KEY") or secrets.token_hex(32)
# Keys that encrypt second-factor secrets, the newest first; older ones still open what they closed.
SECOND_FACTOR_KEYS = _names("PANSHI_SECOND_FACTOR_KEYS", "") or [SECRET_KEY]
DEBUG = _flag("PANSHI_DEBUG")
ALLOWED_HOSTS = _names("PANSHI_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _names("PANSHI_ORIGINS", "")
BEHIND_HTTPS = _flag("PANSHI_HTTPS")
BEHIND_PROXY = _flag("PANSHI_PROXY")


def _own_address() -> str:
    """Our address where nobody named it: the first host we answer to that is not this machine itself."""
    outer = [host for host in ALLOWED_HOSTS if host not in {"127.0.0.1", "localhost", "[::1]", "*"}]
    if outer:
        return f"{'https' if BEHIND_HTTPS else 'http'}://{outer[0].lstrip('.')}"
    return f"http://{os.environ.get('PANSHI_BIND', '127.0.0.1:8000')}"


INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_vite",
    "ninja",  # only for the files of the page that shows the API
    "panshi.ground.audit",
    "panshi.ground.identity",
    "panshi.ground.settings",
    "panshi.ground.work",
    "panshi.ground.rules",
    "panshi.ground.search",
    "panshi.ground.files",
    "panshi.ground.notices",
    "panshi.domains.accounts",
    "panshi.domains.people",
    "panshi.domains.ledger",
    "panshi.domains.analytics",
    "panshi.workflow",
    "panshi.web",
    "panshi.jobs",
]

MIDDLEWARE = [
    "panshi.web.record.RequestRecord",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "panshi.web.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "panshi.web.request.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "panshi.web.signin.middleware.SessionActivity",
    "panshi.web.signin.demands.SecondFactorDemand",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "panshi.config.urls"
WSGI_APPLICATION = "panshi.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "panshi.web.jinja.environment"},
    },
    {  # only for the mails and widgets that libraries ship
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


def _database() -> dict[str, Any]:
    """SQLite in WAL with immediate transactions unless DATABASE_URL names another database; left empty it names none.

    With SQLite's default mode four writers lost 26-49 % of transactions to "database is locked"; immediate ones
    lose none.
    """
    chosen: dict[str, Any] = dict(
        dj_database_url.parse(
            os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'panshi.sqlite3'}",
            conn_max_age=60,
            conn_health_checks=True,
        )
    )
    if chosen["ENGINE"].endswith("sqlite3"):
        chosen["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
            " PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA journal_size_limit=67108864",
        }
    elif "postgresql" in chosen["ENGINE"]:
        # Pages are many and short: workers started for one of them cost more than they save, and take from the others.
        chosen.setdefault("OPTIONS", {}).setdefault("options", "-c max_parallel_workers_per_gather=0")
    return chosen


DATABASES = {"default": _database()}
# SQLite makes plain indexes of those that carry more columns along for PostgreSQL; that is as it should be.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES = {
    # Lock-outs and rate limits must hold across workers, so never the memory of one process.
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # With Django's 300 a flood of made-up names would push the counters of a real lock-out from the table.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "email", "phone")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "panshi.web.signin.adapters.SignInAdapter"
MFA_ADAPTER = "panshi.web.signin.adapters.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/5m/key,30/10m/ip"}
MFA_FORMS = {
    "authenticate": "panshi.web.signin.forms.CodeForm",
    "reauthenticate": "panshi.web.signin.forms.CodeAgainForm",
}
MFA_TOTP_TOLERANCE = 1  # phones' clocks drift: one step of 30 seconds either way
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Panshi"
USERSESSIONS_ADAPTER = "panshi.web.signin.adapters.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

# Mail leaves through this server: smtp://user:password@host:587?tls=starttls or smtps://…; without it mail is off.
MAIL_URL = os.environ.get("PANSHI_SMTP_URL", "")
PUBLIC_URL = (os.environ.get("PANSHI_URL") or _own_address()).rstrip("/")
"""What people type to reach us: links in mails begin with it."""
MAIL_DOMAIN = urlsplit(PUBLIC_URL).hostname or "localhost"
MAIL_FROM = os.environ.get("PANSHI_MAIL_FROM") or f"Panshi <no-reply@{MAIL_DOMAIN}>"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = (
    [PACKAGE / "web" / "static" / "dist"] if (PACKAGE / "web" / "static" / "dist").exists() else []
)


def _attachments() -> dict[str, Any]:
    """Attached files lie on disk unless another storage of Django is named with its options as JSON (S3 and alike)."""
    backend = os.environ.get("PANSHI_FILES_STORAGE")
    if backend:
        return {"BACKEND": backend, "OPTIONS": json.loads(os.environ.get("PANSHI_FILES_OPTIONS", "{}"))}
    return {"BACKEND": "panshi.ground.files.store.WholeFiles", "OPTIONS": {"location": DATA / "files"}}


STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "attachments": _attachments(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\.\w+$"  # the build puts a hash into every name
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE / "web" / "static" / "dist" / "manifest.json",
        "static_url_prefix": "",
    }
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
if BEHIND_HTTPS:  # browsers then refuse these cookies from any other host, path or plain connection
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "panshi.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
# A program that is given the path of each uploaded file and answers 0 when it is clean, 1 when it is not.
SCAN_COMMAND = shlex.split(os.environ.get("PANSHI_SCAN_COMMAND", ""))
UPLOAD_LIMIT = int(os.environ.get("PANSHI_UPLOAD_MB", "512")) * 1024 * 1024

METRICS_TOKEN = os.environ.get("PANSHI_METRICS_TOKEN", "")
LOG_LEVEL = os.environ.get("PANSHI_LOG", "WARNING").upper()
LOG_FORMAT = "json" if os.environ.get("PANSHI_LOG_FORMAT") == "json" else "line"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "panshi.ground.base.logs.Lines",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "panshi.ground.base.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # One line for each request is much on a terminal; a machine that reads JSON wants them.
    "loggers": {"panshi.requests": {"level": "INFO" if LOG_FORMAT == "json" else LOG_LEVEL}},
}
