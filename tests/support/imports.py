"""Imports of a supplier in each of the states in which something can be decided about them."""

from __future__ import annotations

from decimal import Decimal

from accounts.actor import Actor
from catalog.models import Good, Listing, ListingImport
from catalog.services import bulk, refresh_counts
from catalog.tree import forget_tree
from tests.catalog.bulk import HEADER, a_file, confirmed, csv_bytes, read, uploaded


def some_imports(actor: Actor) -> None:
    """A price rule that was written, one file that was cancelled, one to confirm with an error, and one to be read."""
    listing = Listing.objects.filter(supplier=actor.organisation, sale="on_sale").first()
    assert listing is not None
    rule = bulk.preview_price_rule(
        actor=actor, step="amount", value=Decimal(1), rounding="cent", filters={"q": listing.good.name}
    )
    read(confirmed(actor, read(rule), submit=False))
    row = (listing.good_id, "77.70", 7, 3)
    refresh_counts()  # goods that are offered now are counted by a worker
    forget_tree()
    cancelled = uploaded(actor, HEADER, row)
    bulk.cancel_import(actor=actor, import_id=cancelled.pk)
    uploaded(actor, HEADER, row, (Good.objects.latest("pk").pk + 1, 1, 1, 1))
    made, _new = bulk.upload_import(actor=actor, file=a_file(csv_bytes(HEADER, (listing.good_id, 1, 1, 1))))
    assert ListingImport.objects.filter(pk=made.pk, state="uploaded").exists()
