"""What is asked for, and what it costs the database: run inside Django (`python -m bench.pages`), answers as JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count

MOST: Final = 40


def _addresses() -> dict[str, list[str]]:
    """What people ask for: the busiest pages of each kind first, the rarest last."""
    from catalog.models import Brand, Category, Good, PriceObservation

    categories = Category.objects.filter(goods_count__gt=0).order_by("-goods_count", "pk")[:MOST]
    words = [*categories[: MOST // 2], *Brand.objects.order_by("-goods_count", "pk")[: MOST // 2]]
    bought = (
        PriceObservation.objects.values_list("good_id")
        .annotate(n=Count("pk"))
        .order_by("-n", "good_id")[:MOST]
    )
    goods = [pk for pk, _n in bought] or list(Good.objects.order_by("pk").values_list("pk", flat=True)[:MOST])
    if not goods:
        raise SystemExit("the market is empty")
    return {
        "category page": [f"/categories/{category.code}/" for category in categories],
        "search results": [f"/search/?{urlencode({'q': word.name})}" for word in words],
        "good page": [f"/goods/{pk}/" for pk in goods],
    }


def measure() -> dict[str, Any]:
    """Addresses, most statements of a page, milliseconds of their bare SQL, a session cookie, sizes of the market."""
    from django.conf import settings
    from django.test import Client

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
    for name, addresses in _addresses().items():
        client.get(addresses[0])
        asked = [_statements(client, address) for address in addresses]
        pages[name] = {
            "addresses": addresses,
            "statements": max(map(len, asked)),
            "sql_ms": statistics.median(map(_bare, asked)),
        }
    sizes = {
        "goods": Good.objects.count(),
        "listings": Listing.objects.count(),
        "order lines": OrderLine.objects.count(),
    }
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return {"pages": pages, "sizes": sizes, "cookie": cookie}


def _statements(client: Any, address: str) -> list[str]:
    """The statements of a page that is drawn anew."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext, override_settings

    with override_settings(KEEP_LISTS=False), CaptureQueriesContext(connection) as captured:
        client.get(address)
    return [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]


def _bare(statements: list[str]) -> float:
    """Milliseconds of a page's statements alone, through psycopg; the median of 5 rounds."""
    from django.db import connection

    rounds = []
    with connection.cursor() as cursor:
        for _round in range(5):
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
