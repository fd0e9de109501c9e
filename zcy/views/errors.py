"""Error pages in our style. They ask nothing of the database, and give back what was typed.

The pages extend base.html alone: when the database is away the frame could not be drawn.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

from zcy.access import public
from zcy.errors import DomainError
from zcy.typed import from_our_page

logger = structlog.get_logger(__name__)


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    return render(request, f"zcy/errors/{status}.html", {"status": status, **context}, status=status)


@requires_csrf_token
@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be understood."""
    return _page(request, 400)


@requires_csrf_token
@public
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person's role does not permit it."""
    return _page(request, 403, reason=str(exception or ""))


@requires_csrf_token
@public
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person to see."""
    return _page(request, 404)


@requires_csrf_token
@public
def conflict(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """409: somebody else was quicker."""
    reason = str(exception) if isinstance(exception, DomainError) else ""
    return _page(request, 409, reason=reason)


@requires_csrf_token
@public
def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: slower, please."""
    return _page(request, 429)


@requires_csrf_token
@public
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; even a failing template must not end in a blank page."""
    try:
        return _page(request, 500)
    except Exception:
        logger.exception("the error page failed")
        return HttpResponse("500", status=500, content_type="text/plain; charset=utf-8")


@requires_csrf_token
@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that has lost its token: sent again with one click, if it was one of our own pages'."""
    logger.warning("csrf failure", reason=reason, path=request.path)
    values = {"status": 403, "may_repeat": from_our_page(request), "files": bool(request.FILES)}
    return render(request, "zcy/errors/csrf.html", values, status=403)
