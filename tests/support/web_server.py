"""The web server as `make run` starts it, on the database of a test."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from accounts.actor import Actor
from zcy.embedded import processes
from zcy.embedded.paths import PROJECT_ROOT

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Answer:
    """What the server said, and after how many seconds."""

    status: int
    text: str
    location: str
    seconds: float


@dataclass
class Browser:
    """A person's browser: signed in, one connection a request."""

    port: int
    cookies: dict[str, str]

    @classmethod
    def of(cls, port: int, actor: Actor) -> Browser:
        """Sign the person in by a session of the test's database."""
        client = Client()
        assert actor.user is not None
        client.force_login(actor.user, backend=BACKEND)
        return cls(port, {name: morsel.value for name, morsel in client.cookies.items()})

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path)

    def post(self, path: str, data: Mapping[str, object]) -> Answer:
        """Send a form, with the token of the last page."""
        data = {"csrfmiddlewaretoken": self.cookies.get(settings.CSRF_COOKIE_NAME, ""), **data}
        return self._ask("POST", path, urlencode(data, doseq=True))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        origin = f"http://127.0.0.1:{self.port}"
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": origin,
            "Referer": f"{origin}{path}",
            "Accept-Language": "en",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.perf_counter()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            seconds = time.perf_counter() - began
            for name, morsel in SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", []))).items():
                self.cookies[name] = morsel.value
            return Answer(response.status, text, response.headers.get("Location", ""), seconds)
        finally:
            connection.close()


def field_of(page: str, name: str) -> str:
    """The value of a hidden field or the first of its kind."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', tag.group(0)) if tag else None
    assert value, f"no field {name}"
    return value.group(1)


@contextmanager
def a_web_server(folder: Path, **environment: str) -> Iterator[int]:
    """Start the server as `zcy.embedded.services` does; its port, when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    log = (folder / "web.log").open("wb")
    command = ["granian", "--interface", "wsgi", "zcy.wsgi:application", "--host", "127.0.0.1", "--no-ws"]
    command += ["--workers", "2", "--blocking-threads", "4", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=PROJECT_ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zcy.settings.test",
            "DATABASE_POOL": "1",
            **environment,
        },
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        processes.end_group(process, patience=5)
        log.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, "the web server ended by itself"
        assert time.monotonic() < deadline, "the web server does not answer"
        try:
            if Browser(port, {}).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
