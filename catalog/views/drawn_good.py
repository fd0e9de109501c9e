"""A good's page as far as it is the same for everybody of a region: drawn apart, so that it can be kept."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.models import Good
from catalog.queries.good import GoodPage, good_page

# Stands where each reader's own token belongs. Nobody outside this process knows it, so nobody can write it into a text
# of the page to have a reader's token put there.
_TOKEN: Final = f"token-{secrets.token_hex(16)}"


class DrawnGood(SafeString):
    """The content of the page, with what the rest of the page needs."""

    # Without its long lists: they are in the drawing already.
    good: GoodPage
    # The way from the top of the catalogue, drawn.
    trail: SafeString

    def for_request(self, request: HttpRequest) -> DrawnGood:
        """With the reader's own token in its forms."""
        if _TOKEN not in self:
            return self
        mine = DrawnGood(self.replace(_TOKEN, get_token(request)))
        mine.good, mine.trail = self.good, self.trail
        return mine


def draw_good(good_id: int, asked: dict[str, Any], cart_url: str, sign_in_url: str) -> DrawnGood:
    """Draw it from the database.

    Args:
        good_id: the good.
        asked: the arguments of `good_page` besides it.
        cart_url: where the forms of those who buy lead; empty for others.
        sign_in_url: for those who have not signed in.

    Raises:
        Good.DoesNotExist: it has been removed meanwhile.
    """
    page = good_page(good_id=good_id, **asked)
    if page is None:
        raise Good.DoesNotExist
    context = {
        "good": page,
        "standard": page.standard,
        "cart_url": cart_url,
        "sign_in_url": sign_in_url,
        "token": _TOKEN if cart_url else "",
    }
    drawn = DrawnGood(render_to_string("catalog/public/_good.html", context))
    trail = [(node.name, node.url) for node in page.category.trail] if page.category else []
    drawn.trail = SafeString(render_to_string("catalog/public/_trail.html", {"trail": trail}))
    drawn.good = replace(page, offers=[], changes=[], comparisons=[])
    return drawn
