"""The addresses that balancers and monitoring ask."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from zcy.cache import TolerantRedisCache


def test_healthz_asks_nobody(client: Client, django_assert_num_queries: object) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_says_that_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert {"database", "cache", "broker"} <= set(answer.json()["checks"])


@pytest.mark.django_db
def test_readyz_stays_ready_and_tells_when_the_cache_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: TolerantRedisCache) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(TolerantRedisCache, "ping", away)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert "does not answer" in answer.json()["checks"]["cache"]


def test_metrics_are_for_this_machine_or_for_whoever_has_the_token(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 403
    with override_settings(METRICS_TOKEN="a-secret-token"):
        stranger = client.get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer wrong")
        friend = client.get("/metrics", REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer a-secret-token")
    assert (stranger.status_code, friend.status_code) == (403, 200)
