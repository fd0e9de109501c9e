"""A reader of our pages as a curious person is one: follows links, sees forms, remembers what they hold."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from django.http import HttpResponse, HttpResponseBase
from django.test import Client

HOST = "http://testserver"
# Where a walk would lose itself: the way out, other people's doors.
NOT_FOLLOWED = ("/account/logout/", "/static/", "/media/", "/metrics", "/admin/jsi18n/")


@dataclass
class Form:
    """A form as the browser would send it."""

    action: str
    method: str
    # Name → (kind, value as it stands there), the last one of a name.
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def filled(self) -> dict[str, str]:
        """What is sent if nobody touches it."""
        untouched = {"submit", "button", "checkbox", "radio", "file", "reset"}
        return {name: value for name, (kind, value) in self.fields.items() if kind not in untouched}

    @property
    def texts(self) -> list[str]:
        """The fields into which a person types words."""
        return [
            name
            for name, (kind, _value) in self.fields.items()
            if kind in {"text", "textarea", "search"} and "__prefix__" not in name
        ]


@dataclass
class Page:
    """A page that was read."""

    path: str
    status: int
    links: list[str]
    forms: list[Form]

    @property
    def parameters(self) -> set[str]:
        """Every name that its links and forms put into the address."""
        named = {name for form in self.forms if form.method == "get" for name in form.fields}
        own = [link for link in self.links if urlsplit(link).path == self.path]
        return named | {name for link in own for name, _value in parse_qsl(urlsplit(link).query)}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._last = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name, form = values.get("name", ""), self._open
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "form":
            self._open = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._open)
        elif form is not None and tag == "option" and "selected" in values and self._last:
            form.fields[self._last] = ("select", values.get("value", ""))
        elif form is not None and name and tag in {"input", "select", "textarea", "button"}:
            kind = values.get("type", "text") if tag == "input" else tag
            if kind in {"radio", "checkbox"} and "checked" not in values and name in form.fields:
                return
            form.fields[name] = ("hidden" if "checked" in values else kind, values.get("value", ""))
            self._last = name if tag == "select" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def read(path: str, answer: HttpResponseBase) -> Page:
    """What a page offers; nothing, if it is a file."""
    reader = _Reader()
    if isinstance(answer, HttpResponse) and "html" in answer.get("Content-Type", ""):
        reader.feed(answer.content.decode())
    links = [urljoin(HOST + path, link).removeprefix(HOST) for link in reader.links]
    for form in reader.forms:
        form.action = urldefrag(urljoin(HOST + path, form.action)).url.removeprefix(HOST)
    return Page(path, answer.status_code, [link for link in links if link.startswith("/")], reader.forms)


def shape(path: str) -> str:
    """The path without what names a row: pages of one shape are one page."""
    return re.sub(r"(?<=/)(\d+|ZJ\d+|[A-C]\d{4,})(?=/|$)", "N", path)


def walk(client: Client, *starts: str, of_a_shape: int = 2, most: int = 150) -> list[Page]:
    """Read the pages that one comes to from `starts`, a few of each shape."""
    seen: set[str] = set()
    shapes: Counter[str] = Counter()
    pages: list[Page] = []
    ahead = list(starts)
    while ahead and len(pages) < most:
        path = urlsplit(ahead.pop(0)).path
        if path in seen or shapes[shape(path)] >= of_a_shape or path.startswith(NOT_FOLLOWED):
            continue
        seen.add(path)
        shapes[shape(path)] += 1
        pages.append(read(path, client.get(path)))
        ahead += pages[-1].links
    return pages


def shows(page: str, text: str) -> bool:
    """Whether a text stands on the page, however it is escaped."""
    return text in html.unescape(page)
