"""The entry of web servers; safe settings unless the environment says otherwise."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zcy.settings.prod")

application = get_wsgi_application()

from zcy.checks import refuse_unsafe_start  # noqa: E402 - needs the applications that the line above loads

refuse_unsafe_start()
