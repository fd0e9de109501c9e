"""What is asked for, and what it costs the database: run inside Django (`python -m bench.pages`), answers as JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any


def _addresses() -> dict[str, str]:
    from catalog.models import Category, Good

    # The broadest category, a word that many goods have, and the good with the most offers: the dear cases.
    good = Good.objects.order_by("-offers", "pk").first()
    leaf = Category.objects.order_by("-goods_count", "pk").first()
    if good is None or leaf is None:
        raise SystemExit("the market is empty")
    top = (
        Category.objects.filter(path__startswith=leaf.path.split("/")[0] + "/", depth=1)
        .order_by("-goods_count")
        .first()
    )
    return {
        "category page": f"/categories/{(top or leaf).code}/",
        "search results": "/search/?q=%E6%89%93%E5%8D%B0%E6%9C%BA",
        "good page": f"/goods/{good.pk}/",
    }


def measure() -> dict[str, Any]:
    """Addresses, statements of each page, seconds of their bare SQL, a session cookie, sizes of the market."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import Membership, Organisation, User
    from accounts.roles import Role
    from catalog.models import Good, Listing
    from orders.models import OrderLine

    buyer = Organisation.objects.buyers().order_by("pk").first()
    user, _made = User.objects.get_or_create(username="bench", defaults={"name": "bench"})
    Membership.objects.get_or_create(user=user, organisation=buyer, role=Role.PURCHASER)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    pages: dict[str, Any] = {}
    for name, address in _addresses().items():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        sql = [
            query["sql"]
            for query in captured.captured_queries
            if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
        ]
        pages[name] = {"address": address, "statements": len(sql), "sql_ms": _bare(sql)}
    sizes = {
        "goods": Good.objects.count(),
        "listings": Listing.objects.count(),
        "order lines": OrderLine.objects.count(),
    }
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return {"pages": pages, "sizes": sizes, "cookie": cookie}


def _bare(statements: list[str]) -> float:
    """Milliseconds of a page's statements alone, through psycopg; the median of 30 rounds."""
    from django.db import connection

    rounds = []
    with connection.cursor() as cursor:
        for _round in range(30):
            began = time.perf_counter()
            for statement in statements:
                cursor.execute(statement.replace("%", "%%"), [])
                if cursor.description:
                    cursor.fetchall()
            rounds.append((time.perf_counter() - began) * 1000)
    return statistics.median(rounds)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    from zcy.embedded.join import join_for_this_process

    join_for_this_process()
    import django

    django.setup()
    json.dump(measure(), sys.stdout)
