"""What the checks said is kept, and some of it is drawn by chance for people to mark."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.db import connection

from accounts import settings
from catalog.checks.base import CheckResult
from catalog.checks.settings import CheckSettings
from catalog.models import Finding, Listing, MarkedVerdict
from catalog.services.snapshot import snapshot
from zcy import clock
from zcy.said import stored

# Stands for the checks together where they found everything clear.
APPROVAL: Final = "approval"

_KEEP: Final = """
    INSERT INTO catalog_checkverdict (listing_id, listing_version, check_code, finding, reason, saw, at)
    SELECT v.*, %s FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[]) AS v
    ON CONFLICT (listing_id, listing_version, check_code)
    DO UPDATE SET finding = EXCLUDED.finding, reason = EXCLUDED.reason, saw = EXCLUDED.saw, at = EXCLUDED.at
"""


def keep_verdicts(listings: Iterable[Listing], results: Mapping[int, Sequence[CheckResult]]) -> None:
    """Write the results under the listings' present versions, in one statement."""
    rows = [
        (
            listing.pk,
            listing.version,
            result.check,
            str(result.finding.value),
            result.reason,
            stored(result.saw, 300),
        )
        for listing in listings
        for result in results.get(listing.pk, ())
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [clock.now(), *(list(column) for column in zip(*rows, strict=True))])


def is_drawn(*, seed: str, share: Decimal, listing_id: int, version: int, check: str) -> bool:
    """Whether a verdict is in the sample: the first 8 bytes of SHA-256 over its name, as a fraction, below the share.

    Anybody who knows seed and share draws the same sample again.
    """
    digest = hashlib.sha256(f"{seed}:{listing_id}:{version}:{check}".encode()).digest()
    return Decimal(int.from_bytes(digest[:8])) < share * 2**64


def draw_for_marking(
    approved: Iterable[Listing], doubted: Iterable[Listing], results: Mapping[int, Sequence[CheckResult]]
) -> None:
    """Draw from what the machine has just decided, in one statement.

    Args:
        approved: listings that went on sale by the checks alone, with supplier__region loaded.
        doubted: listings with a doubt or a block.
        results: listing id → what the checks said.
    """
    candidates = [(listing, APPROVAL, Finding.CLEAR, "", "") for listing in approved]
    candidates += [
        (listing, result.check, result.finding, result.reason, result.saw)
        for listing in doubted
        for result in results.get(listing.pk, ())
        if result.troubles
    ]
    decided: dict[int, CheckSettings] = {}
    drawn = []
    for listing, check, finding, reason, saw in candidates:
        region = listing.supplier.region
        if region.pk not in decided:
            decided[region.pk] = settings.get(region, CheckSettings)
        seed, share = decided[region.pk].marking_seed[:40], decided[region.pk].marking_share
        if is_drawn(seed=seed, share=share, listing_id=listing.pk, version=listing.version, check=check):
            drawn.append(
                MarkedVerdict(
                    listing=listing,
                    listing_version=listing.version,
                    check_code=check,
                    finding=finding,
                    reason=reason,
                    saw=saw,
                    values=snapshot(listing),
                    seed=seed,
                    share=share,
                    drawn_at=clock.now(),
                )
            )
    MarkedVerdict.objects.bulk_create(drawn, ignore_conflicts=True)
