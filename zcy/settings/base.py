"""What holds everywhere. The safe value is the default; dev and test relax what they must, and say so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from zcy import env
from zcy.embedded.paths import default_layout

django_stubs_ext.monkeypatch()  # so that `ModelAdmin[Order]` may be written

BASE_DIR = Path(__file__).resolve().parent.parent.parent
_layout = default_layout()

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "zcy.urls"
WSGI_APPLICATION = "zcy.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
# How many reverse proxies stand before the web processes: the client's address is taken from there.
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0, most=5)
# Demonstration accounts share one known password: only `make run` makes them, prod refuses to start with them.
DEMONSTRATION = False
# Web and worker processes ask the database checks before they begin (zcy/checks.py).
REFUSE_UNSAFE_START = False

INSTALLED_APPS = [
    "zcy.admin_config.ZcyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_celery_beat",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "pgtrigger",
    "widget_tweaks",
    "zcy",
    "accounts",
    "catalog",
    "orders",
    "supervision",
    "credit",
    "exchange",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "zcy.middleware.client_address.ClientAddressMiddleware",
    "zcy.middleware.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.DeviceMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.AccessMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------------------------------

_database = env.database("DATABASE_URL", _layout.database_url)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.name,
        "USER": _database.user,
        "PASSWORD": _database.password,
        "HOST": _database.host,
        "PORT": _database.port,
        "OPTIONS": {
            **_database.options,
            # For the cursors of zcy.prepared only; a pooler that gives each transaction another session forgets them.
            "prepare_threshold": None if env.flag("DATABASE_BEHIND_PGBOUNCER", default=False) else 5,
            # Only web processes pool: a worker that forks would share the sockets of its parent's pool.
            **(
                {"pool": {"min_size": 2, "max_size": 4, "timeout": 10}}
                if env.flag("DATABASE_POOL", default=False)
                else {}
            ),
        },
        "DISABLE_SERVER_SIDE_CURSORS": env.flag("DATABASE_BEHIND_PGBOUNCER", default=False),
    }
}

_redis = env.redis("REDIS_URL", _layout.redis_url)
CACHES = {
    "default": {
        "BACKEND": "zcy.cache.TolerantRedisCache",
        "LOCATION": _redis.cache(1),
        "KEY_PREFIX": "zcy",
        "TIMEOUT": 300,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.25},
    }
}
# Web processes keep drawn lists and pages of goods until what they show changes (catalog/kept.py).
KEEP_LISTS = env.flag("KEEP_LISTS", default=True)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "zcy.views.errors.csrf_failure"
# Somebody who has done nothing for this long is signed out.
IDLE_SECONDS = env.integer("IDLE_SECONDS", 60 * 60)

# --- Background work ------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = _redis.broker(0)
CELERY_RESULT_BACKEND = _redis.broker(2)
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Longer than the longest task, or it would run twice at once.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# --- Sign-in --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USERNAME_MIN_LENGTH = 3
# Failures by address only: a limit by name would take turns with axes's lock-out. Behind one address may sit a whole
# agency that begins work at nine.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip", "login": "120/m/ip", "register_supplier": "20/h/ip"}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "政采云"
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_CLIENT_IP_CALLABLE = "zcy.middleware.client_address.remote_address"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# --- Language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
FORMAT_MODULE_PATH = ["zcy.locale_formats"]
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or _layout.root / "static")
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", BASE_DIR / "static_vendor")]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT") or _layout.root / "media")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# CSV files of reference prices that are fetched by night: a bucket, or a folder; nothing where neither is named.
if env.text("REFERENCES_S3_BUCKET"):
    STORAGES["references"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.text("REFERENCES_S3_BUCKET"),
            "location": env.text("REFERENCES_S3_PREFIX"),
            "endpoint_url": env.text("REFERENCES_S3_ENDPOINT") or None,
            "region_name": env.text("REFERENCES_S3_REGION") or None,
            "access_key": env.required("REFERENCES_S3_ACCESS_KEY"),
            "secret_key": env.required("REFERENCES_S3_SECRET_KEY"),
        },
    }
elif env.text("REFERENCES_FOLDER"):
    STORAGES["references"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.text("REFERENCES_FOLDER")},
    }
WHITENOISE_MAX_AGE = 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "zcy.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Browser --------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

# --- Operation ------------------------------------------------------------------------------------------------------

PROMETHEUS_EXPORT_MIGRATIONS = False
METRICS_TOKEN = env.text("METRICS_TOKEN")
LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOGGING_CONFIG = "zcy.logging.configure"
LOGGING = {"version": 1}  # Django calls LOGGING_CONFIG only if there is something to hand over
