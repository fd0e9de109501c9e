"""Settings of the benchmark: as in development without debugging, with the floors' addresses beside the platform's."""

from zcy.settings.dev import *  # noqa: F403
from zcy.settings.dev import TEMPLATES

DEBUG = False
DEMONSTRATION = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "bench.floors"
LOG_LEVEL = "WARNING"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]  # type: ignore[misc]  # noqa: F405
