"""For tests: as in production, on servers of their own, with a cheap password hash and files in memory."""

from __future__ import annotations

from zcy import env
from zcy.embedded.paths import Layout

from .base import *  # noqa: F403
from .base import CACHES, DATABASES, STORAGES, _layout

# Test processes hold numbered slots (tests/support/databases.py); what they start finds its databases here.
_test_layout = Layout(_layout.root / "test")
_slot = env.integer("ZCY_TEST_SLOT", 0, most=59)
_database = env.database("DATABASE_URL", _test_layout.database_url)
_redis = env.redis("REDIS_URL", _test_layout.redis_url)
DATABASES["default"] |= {"NAME": f"test_zcy_{_slot}", "HOST": _database.host}
CACHES["default"]["LOCATION"] = _redis.cache(4 * _slot + 4)
CELERY_BROKER_URL = _redis.broker(4 * _slot + 5)
CELERY_RESULT_BACKEND = _redis.broker(4 * _slot + 6)

SECRET_KEY = "for-tests-only-" * 5
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# A rolled back test leaves no change behind that would tell a kept list from the next test's.
KEEP_LISTS = False
