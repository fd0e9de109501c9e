"""For `make run` and the command line on a person's own machine: as in production, but without TLS and secrets."""

from __future__ import annotations

from zcy import env

from .base import *  # noqa: F403
from .base import STORAGES, _layout

DEBUG = env.flag("ZCY_DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY") or "zcy-development-only-" + "not-a-secret-" * 3
ALLOWED_HOSTS = ["*"]
DEMONSTRATION = env.flag("ZCY_DEMO", default=True)
INTERNAL_IPS = ["127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = _layout.root / "mail"

# `make run` collects the static files; without it, and while debugging, they are served from their folders.
if DEBUG or not env.flag("ZCY_COLLECTED", default=False):
    STORAGES = STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
