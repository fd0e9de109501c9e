"""Is the process alive, is it ready, and how does it do: for balancers and monitoring.

What must answer is registered in `zcy.registries.health`; the database, the cache and the broker are registered here.
"""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from zcy import registries
from zcy.access import public
from zcy.registries import HealthCheck

if TYPE_CHECKING:
    from zcy.cache import TolerantRedisCache

log = structlog.get_logger(__name__)


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, without asking anybody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Ask everything that is registered: 200 while the platform can work, 503 when something essential is away."""
    checks = {entry.name: ask(entry) for entry in registries.health}
    ready = all(checks[entry.name] == "ok" for entry in registries.health if entry.essential)
    degraded = any(answer != "ok" for answer in checks.values())
    status = ("degraded" if degraded else "ready") if ready else "unready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if ready else 503)


@public
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine, or for whoever shows METRICS_TOKEN."""
    token = str(settings.METRICS_TOKEN)
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    knows_token = bool(token) and hmac.compare_digest(shown.encode(), token.encode())
    if not knows_token and not ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback:
        return HttpResponse("forbidden\n", status=403, content_type="text/plain; charset=utf-8")
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def ask(entry: HealthCheck) -> str:
    """One check's answer: "ok", or what is wrong; a check that breaks is wrong too."""
    try:
        return entry.check() or "ok"
    except Exception:
        log.exception("health_check_failed", check=entry.name)
        return "the check itself failed; see the log"


def check_database() -> str | None:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return "the database does not answer"
    return None


def check_cache() -> str | None:
    """Whether the cache server answers; without it pages are slower and nothing else."""
    backend: TolerantRedisCache = cache  # type: ignore[assignment]
    try:
        backend.ping()
    except (redis.RedisError, OSError):
        return "the cache server does not answer; the platform goes on without it"
    return None


def check_broker() -> str | None:
    """Whether the broker answers; without it background work waits in the outbox."""
    address = (
        str(settings.CELERY_BROKER_URL).replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    )
    try:
        with redis.Redis.from_url(address, socket_timeout=0.5, socket_connect_timeout=0.25) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "the broker does not answer; background work waits"
    return None


def register() -> None:
    """Register the checks of the frame."""
    registries.health.register(HealthCheck("database", check_database))
    registries.health.register(HealthCheck("cache", check_cache, essential=False))
    registries.health.register(HealthCheck("broker", check_broker, essential=False))
