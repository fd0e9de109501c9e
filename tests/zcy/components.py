"""Rendering pieces of templates as a page would."""

from __future__ import annotations

from typing import Any

from django.template import engines
from django.test import RequestFactory

from accounts.actor import ANONYMOUS


def render(source: str, *, path: str = "/", **context: Any) -> str:
    """A fragment of a template that may use components, as Django renders it for a visitor."""
    request = RequestFactory().get(path)
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    from django_cotton.compiler_regex import CottonCompiler

    template = engines["django"].from_string(CottonCompiler().process("{% load zcy %}" + source))
    return template.render(context, request)
