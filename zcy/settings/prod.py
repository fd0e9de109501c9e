"""Production. What is missing or unsafe stops the start with a sentence; secrets may come from files (NAME_FILE)."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from zcy import env

from .base import *  # noqa: F403
from .base import STORAGES, TRUSTED_PROXY_COUNT

if env.flag("DEBUG", default=False) or env.flag("ZCY_DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG must not be on in production: unset DEBUG and ZCY_DEBUG.")
if env.flag("ZCY_DEMO", default=False):
    raise ImproperlyConfigured("Demonstration accounts must not exist in production: unset ZCY_DEMO.")

REFUSE_UNSAFE_START = True
SECRET_KEY = env.required("SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or "not-a-secret" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is too weak: give it at least 50 random characters.")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

for _name in ("DATABASE_URL", "REDIS_URL"):
    env.required(_name)

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the site's host names, separated by commas, and not '*'."
    )
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [f"https://{host}" for host in ALLOWED_HOSTS])

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)

if env.text("S3_BUCKET"):
    STORAGES = STORAGES | {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": env.required("S3_BUCKET"),
                "endpoint_url": env.text("S3_ENDPOINT") or None,
                "region_name": env.text("S3_REGION") or None,
                "access_key": env.required("S3_ACCESS_KEY"),
                "secret_key": env.required("S3_SECRET_KEY"),
                "default_acl": "private",
                "querystring_auth": True,
                "file_overwrite": False,
            },
        }
    }
