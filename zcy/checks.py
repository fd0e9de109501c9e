"""Django's system checks of our own: what must be right before the platform may start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections


@register(Tags.database)
def check_chinese_trigrams(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Check that pg_trgm sees Chinese: with lc_ctype C it sees none, and search would silently find nothing."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("select 1 from pg_extension where extname = 'pg_trgm'")
                if cursor.fetchone() is None:
                    continue  # before the first migration
                cursor.execute("select show_trgm('中') <> '{}'")
                sees_chinese = cursor.fetchone()[0]
        except DatabaseError as error:
            problems.append(Error(f"The database {alias!r} does not answer: {error}", id="zcy.E002"))
            continue
        if not sees_chinese:
            problems.append(
                Error(
                    f"The database {alias!r} was made with an lc_ctype that knows no Chinese.",
                    hint="Make it anew with lc_ctype C.UTF-8 and load the data into it.",
                    id="zcy.E001",
                )
            )
    return problems


@register(Tags.database)
def check_no_demonstration_accounts(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Check that production holds no account with the demonstration's well-known password."""
    if settings.DEMONSTRATION or "default" not in (databases or []):
        return []
    user_model = apps.get_model(settings.AUTH_USER_MODEL)
    try:
        found = user_model._default_manager.filter(demonstration=True).exists()
    except DatabaseError:
        return []  # before the first migration
    if not found:
        return []
    return [
        Error(
            "The database holds demonstration accounts, whose password everybody knows.",
            hint="Use a database of its own for production.",
            id="zcy.E003",
        )
    ]


def refuse_unsafe_start() -> None:
    """Stop a web or worker process of production whose database is unfit.

    Raises:
        ImproperlyConfigured: with every fault and its remedy.
    """
    if not settings.REFUSE_UNSAFE_START:
        return
    faults = [
        fault for fault in run_checks(tags=[Tags.database], databases=["default"]) if fault.is_serious()
    ]
    if faults:
        raise ImproperlyConfigured(" ".join(f"{fault.msg} {fault.hint or ''}".strip() for fault in faults))
