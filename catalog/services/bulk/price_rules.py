"""Many prices changed by one rule, and changed back within a day."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.bulk.errors import ImportMoved
from catalog.bulk.limits import UNDO_HOURS
from catalog.models import ImportMode, ImportState, ListingImport, PriceRule
from catalog.services.bulk._own import own_import, send, supplier_of
from catalog.services.bulk.decide import may_take_back
from catalog.services.bulk.rows import count_rows
from zcy import audit, clock

# A listing whose last change of price is not the rule's is left, whatever its price is now.
_BACK: Final = """
    INSERT INTO catalog_listingimportrow
           (import_id, number, verdict, written, cells, good_id, listing_id, version, stock_seen, old_price, price, stock,
            min_quantity, delivery_days, warranty_months, note, own_public_price, area_ids, delivery_paths, changes,
            problems, candidates, place)
    SELECT %(back)s, r.number, CASE WHEN ours THEN 'changed' ELSE 'conflict' END, false, '{}', l.good_id, l.id,
           l.version, l.stock, l.price, r.old_price, l.stock, l.min_quantity, l.delivery_days, l.warranty_months,
           l.note, l.own_public_price, '{}', l.delivery_paths,
           jsonb_build_object('price', jsonb_build_array(l.price::text, r.old_price::text)),
           CASE WHEN ours THEN '[]'::jsonb
                ELSE jsonb_build_array(jsonb_build_array('price', %(changed)s::text)) END,
           '{}', ''
      FROM catalog_listingimportrow r
      JOIN catalog_listing l ON l.id = r.listing_id
     CROSS JOIN LATERAL (
           SELECT coalesce((SELECT c.source = 'bulk' AND c.row_key = r.import_id || '-' || r.number
                              FROM catalog_pricechange c WHERE c.listing_id = l.id
                             ORDER BY c.at DESC, c.id DESC LIMIT 1), false) AS ours) last
     WHERE r.import_id = %(task)s AND r.written AND r.changes ? 'price'
"""


def preview_price_rule(
    *, actor: Actor, step: str, value: Decimal, rounding: str, filters: Mapping[str, Any]
) -> ListingImport:
    """Have the new prices computed in the background; nothing changes until they are confirmed.

    Args:
        actor: who works for the supplier.
        step: `percent` or `amount`.
        value: signed.
        rounding: see `catalog.bulk.price_rules.new_price`.
        filters: see `catalog.own_listings.chosen_listings`.

    Raises:
        NotAllowed: the actor acts for no supplier.
    """
    supplier = supplier_of(actor)
    with transaction.atomic():
        rule = PriceRule.objects.create(
            supplier=supplier,
            created_by=actor.user,
            step=step,
            value=value,
            rounding=rounding,
            filters=dict(filters),
        )
        made = ListingImport.objects.create(
            supplier=supplier,
            created_by=actor.user,
            rule=rule,
            submit=False,
            language=get_language() or "zh-hans",
        )
        send(made)
        audit.record(
            actor=actor,
            action="price_rule.made",
            subject=rule,
            data={"step": step, "value": value, "rounding": rounding, "filters": dict(filters)},
        )
        return made


def take_back(*, actor: Actor, import_id: int) -> ListingImport:
    """Give the listings of a price rule the prices that they had; those priced anew since are left and named.

    Raises:
        NotAllowed, Missing: not the actor's.
        ImportMoved: not a price rule, taken back already, or longer ago than a day.
    """
    with transaction.atomic():
        task = own_import(actor, import_id)
        if not may_take_back(task, UNDO_HOURS):
            raise ImportMoved(_("A price change can be taken back once, within 24 hours."))
        made = ListingImport.objects.create(
            supplier=task.supplier,
            created_by=actor.user,
            confirmed_by=actor.user,
            takes_back=task,
            state=ImportState.APPLYING,
            mode=ImportMode.GOOD,
            submit=False,
            confirmed_at=clock.now(),
            language=get_language() or task.language,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                _BACK,
                {
                    "back": made.pk,
                    "task": task.pk,
                    "changed": _("The price was changed again since: it was left as it is."),
                },
            )
        count_rows(made.pk)
        send(made)
        audit.record(actor=actor, action="price_rule.taken_back", subject=task)
        return made
