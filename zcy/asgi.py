"""The entry of asynchronous web servers; safe settings unless the environment says otherwise."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zcy.settings.prod")

application = get_asgi_application()
