"""From the temporary tables into the platform's own: one statement a table, inserting and updating what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import Field, Model

from exchange.market.report import FileCounts, Report
from zcy import clock

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Merge:
    """How a file becomes rows of a model's table.

    `select` yields `columns` in order; `conflict` is the unique key by which a row is known; `fixed` columns are
    written with a new row only, never by an update; columns that are not named get the model's defaults. `update` is
    off for tables whose rows are never changed. `updated` says what an update writes where that is not simply the new
    value; `differs` is what else makes a row a changed one, although another step writes it.
    """

    file: str
    model: str
    columns: str
    select: str
    conflict: str
    fixed: frozenset[str] = frozenset()
    update: bool = True
    updated: Mapping[str, str] = field(default_factory=dict)
    differs: str = ""


_BY_ID: Final = "(source, external_id) WHERE external_id <> ''"
_BY_ROW: Final = "(source, row_key) WHERE row_key <> ''"


def _org(alias: str, column: str) -> str:
    return f"JOIN accounts_organisation {alias} ON {alias}.source = %(source)s AND {alias}.external_id = m.{column}"


# What a role of the format is called here. Nobody becomes one of the operator's staff by an import.
ROLE_HERE: Final = """CASE WHEN o.kind NOT IN ('buyer', 'supplier', 'supervisor') THEN left('imported ' || m.role, 40)
    WHEN m.role = 'seller' THEN 'supplier_clerk' WHEN m.role = 'lead' THEN 'supervision_lead'
    WHEN m.role = 'manager' AND o.kind = 'supplier' THEN 'supplier_admin' ELSE m.role END"""
_ORDER: Final = 'JOIN orders_order o ON o.source = %(source)s AND o.external_id = m."order"'

MERGES: Final[tuple[Merge, ...]] = (
    Merge("methods", "orders.Method", "code, name", "SELECT code, name FROM m_methods", "(code)"),
    Merge(
        "organisations",
        "accounts.Organisation",
        "source, external_id, kind, name, uscc, region_id, size, legal_person, phone, address,"
        " founded_on, licence_expires_on, excluded_from, excluded_to",
        """SELECT %(source)s, m.id, m.kind, m.name, coalesce(m.uscc, ''), r.id, coalesce(m.size, ''),
            coalesce(m.legal_person, ''), coalesce(m.phone, ''), coalesce(m.address, ''),
            m.founded_on, m.licence_expires_on, m.excluded_from, m.excluded_to
        FROM m_organisations m JOIN accounts_region r ON r.code = m.region""",
        _BY_ID,
    ),
    Merge(
        "shareholdings",
        "accounts.Shareholding",
        "source, row_key, organisation_id, holder_name, holder_id, share",
        f"""SELECT %(source)s, m.row_key, o.id, CASE WHEN h.id IS NULL THEN m.holder ELSE '' END, h.id, m.share
        FROM m_shareholdings m {_org("o", "organisation")} LEFT {_org("h", "holder")}""",
        _BY_ROW,
    ),
    Merge(
        "users",
        "accounts.User",
        "source, external_id, username, password, name, is_active",
        # No password can match '!…': an imported person signs in only after an invitation.
        """SELECT %(source)s, m.id, 'imported-' || md5(%(source)s || ':' || m.id), '!' || md5(random()::text),
            coalesce(m.name, ''), false FROM m_users m""",
        _BY_ID,
        frozenset({"username", "password", "is_active"}),
        differs=f"""NOT accounts_user.is_active AND NOT EXISTS (
            SELECT FROM m_users m JOIN accounts_organisation o
                ON o.source = EXCLUDED.source AND o.external_id = m.organisation
            JOIN accounts_membership s ON s.user_id = accounts_user.id AND s.organisation_id = o.id
                AND s.role = {ROLE_HERE}
            WHERE m.id = EXCLUDED.external_id)""",
    ),
    Merge(
        "goods",
        "catalog.Good",
        "source, external_id, category_id, brand_id, model, name, spec, spec_hash, unit, pack_size, labels",
        # An unknown specification equals no other one, so it gets no hash.
        """SELECT %(source)s, m.id, c.id, b.id, coalesce(m.model, ''), m.name, coalesce(m.spec, '{}'),
            coalesce(md5(m.spec::text), ''), coalesce(m.unit, ''), m.pack_size,
            coalesce(array_remove(string_to_array(m.labels, ';'), ''), '{}')
        FROM m_goods m JOIN catalog_category c ON c.code = m.category LEFT JOIN catalog_brand b ON b.name = m.brand""",
        _BY_ID,
    ),
    Merge(
        "listings",
        "catalog.Listing",
        "source, external_id, good_id, supplier_id, price, stock, min_quantity, listed_at, delisted_at, delivery_days,"
        " own_public_price, sale, review, origin",
        f"""SELECT %(source)s, m.id, coalesce(g.merged_into_id, g.id), s.id, m.price, greatest(m.stock, 0),
            coalesce(m.min_quantity, 1), m.listed_at, m.delisted_at, m.delivery_days, m.own_public_price,
            CASE WHEN m.delisted_at <= now() THEN 'off_sale' ELSE 'on_sale' END, 'approved', 'imported'
        FROM m_listings m JOIN catalog_good g ON g.source = %(source)s AND g.external_id = m.good
        {_org("s", "supplier")}""",
        _BY_ID,
        frozenset({"review", "origin"}),
        # What has become of a listing here (frozen, rejected, taken off) stays, unless its sender ends it or revives it.
        updated={
            "sale": """CASE WHEN catalog_listing.delisted_at IS DISTINCT FROM EXCLUDED.delisted_at
                AND catalog_listing.review = 'approved' AND catalog_listing.sale <> 'frozen'
                THEN EXCLUDED.sale ELSE catalog_listing.sale END"""
        },
    ),
    Merge(
        "price_changes",
        "catalog.PriceChange",
        "source, row_key, listing_id, at, old_price, new_price, shown_as_discount",
        """SELECT %(source)s, m.row_key, l.id, m.at, m.old_price, m.new_price, m.shown_as_discount
        FROM m_price_changes m JOIN catalog_listing l ON l.source = %(source)s AND l.external_id = m.listing""",
        _BY_ROW,
        update=False,
    ),
    Merge(
        "reference_prices",
        "catalog.ReferencePrice",
        "source, row_key, good_id, seen_at, kind, price, observed_at",
        # The format knows no terms: such rows have no grade. Where a price was seen tells the kind of source.
        """SELECT %(source)s, m.row_key, coalesce(g.merged_into_id, g.id), m.source,
            CASE m.source WHEN 'maker' THEN 'maker' WHEN 'mall' THEN 'own_shop' WHEN 'survey' THEN 'survey'
                ELSE 'other_shop' END, m.price, m.observed_at
        FROM m_reference_prices m JOIN catalog_good g ON g.source = %(source)s AND g.external_id = m.good""",
        _BY_ROW,
        update=False,
    ),
    Merge(
        "thresholds",
        "orders.Ceiling",
        "source, row_key, region_id, method, category_id, ceiling",
        """SELECT %(source)s, m.row_key, r.id, m.method, c.id, m.ceiling FROM m_thresholds m
        JOIN accounts_region r ON r.code = m.region LEFT JOIN catalog_category c ON c.code = m.category""",
        _BY_ROW,
    ),
    Merge(
        "plans",
        "orders.Plan",
        "source, external_id, buyer_id, number, year, category_id, made_on, amount, origin",
        f"""SELECT %(source)s, m.id, b.id, left(m.id, 40), m.year, c.id, m.made_on, m.amount, 'imported'
        FROM m_plans m {_org("b", "buyer")} LEFT JOIN catalog_category c ON c.code = m.category""",
        _BY_ID,
        frozenset({"number", "origin"}),
    ),
    Merge(
        "inquiries",
        "orders.Inquiry",
        "source, external_id, buyer_id, kind, category_id, title, estimate, named_brand, published_at, deadline,"
        " opened_at, closed_at, cancelled_at, awarded_quote_ref, origin",
        f"""SELECT %(source)s, m.id, b.id, m.kind, c.id, m.title, m.estimate, coalesce(m.named_brand, ''), m.published_at,
            m.deadline, m.opened_at, m.closed_at, m.cancelled_at, coalesce(m.awarded_quote, ''), 'imported'
        FROM m_inquiries m {_org("b", "buyer")} JOIN catalog_category c ON c.code = m.category""",
        _BY_ID,
        differs="""(SELECT p.external_id FROM orders_inquiry p WHERE p.id = orders_inquiry.previous_id)
            IS DISTINCT FROM (SELECT m.previous FROM m_inquiries m WHERE m.id = EXCLUDED.external_id)""",
    ),
    Merge(
        "orders",
        "orders.Order",
        "source, external_id, number, origin, state, buyer_id, supplier_id, region_id, method, placed_by_id, placed_at,"
        " plan_id, inquiry_id, contract, emergency, confirmed_at, cancelled_at, cancelled_by, promised_on",
        f"""SELECT %(source)s, m.id, n.number, 'imported', 'submitted', b.id, s.id, r.id, m.method, u.id, m.placed_at,
            p.id, i.id, coalesce(m.contract, ''), m.emergency, m.confirmed_at, m.cancelled_at,
            coalesce(m.cancelled_by, ''), m.promised_on
        FROM m_orders m JOIN m_numbers n ON n.id = m.id {_org("b", "buyer")} {_org("s", "supplier")}
        JOIN accounts_region r ON r.code = m.region
        LEFT JOIN accounts_user u ON u.source = %(source)s AND u.external_id = m.placed_by
        LEFT JOIN orders_plan p ON p.source = %(source)s AND p.external_id = m.plan
        LEFT JOIN orders_inquiry i ON i.source = %(source)s AND i.external_id = m.inquiry""",
        _BY_ID,
        frozenset({"number", "origin", "state"}),
    ),
    Merge(
        "order_lines",
        "orders.OrderLine",
        "source, external_id, order_id, listing_id, good_id, quantity, unit_price, total, accessory",
        f"""SELECT %(source)s, m.id, o.id, l.id, g.id, m.quantity, m.unit_price, round(m.quantity * m.unit_price, 2),
            m.accessory
        FROM m_order_lines m {_ORDER} JOIN catalog_good g ON g.source = %(source)s AND g.external_id = m.good
        LEFT JOIN catalog_listing l ON l.source = %(source)s AND l.external_id = m.listing""",
        _BY_ID,
    ),
    Merge(
        "deliveries",
        "orders.Shipment",
        "source, row_key, order_id, shipped_at, delivered_at, signed_at, origin",
        f"""SELECT %(source)s, m.row_key, o.id, m.shipped_at, m.delivered_at, m.signed_at, 'imported'
        FROM m_deliveries m {_ORDER}""",
        _BY_ROW,
        frozenset({"origin"}),
    ),
    Merge(
        "acceptances",
        "orders.Acceptance",
        "source, row_key, order_id, at, by_id, result, origin",
        f"""SELECT %(source)s, m.row_key, o.id, m.at, u.id, m.result, 'imported' FROM m_acceptances m {_ORDER}
        LEFT JOIN accounts_user u ON u.source = %(source)s AND u.external_id = m.by""",
        _BY_ROW,
        frozenset({"origin"}),
    ),
    Merge(
        "payments",
        "orders.Payment",
        "source, row_key, order_id, at, amount, due_on, prepaid, origin",
        f"""SELECT %(source)s, m.row_key, o.id, m.at, m.amount, m.due_on, m.prepaid, 'imported'
        FROM m_payments m {_ORDER}""",
        _BY_ROW,
        frozenset({"origin"}),
    ),
    Merge(
        "evaluations",
        "orders.Evaluation",
        "source, row_key, order_id, at, by_side, stars, text, origin",
        f"""SELECT %(source)s, m.row_key, o.id, m.at, m.by_side, m.stars, coalesce(m.text, ''), 'imported'
        FROM m_evaluations m {_ORDER}""",
        _BY_ROW,
        frozenset({"origin"}),
    ),
    Merge(
        "complaints",
        "orders.Complaint",
        "source, external_id, supplier_id, buyer_id, order_id, at, replied_at, decided_at, upheld, executed_at, severity,"
        " origin",
        f"""SELECT %(source)s, m.id, s.id, b.id, o.id, m.at, m.replied_at, m.decided_at, m.upheld, m.executed_at,
            coalesce(m.severity, ''), 'imported'
        FROM m_complaints m {_org("s", "supplier")} LEFT {_org("b", "buyer")} LEFT {_ORDER}""",
        _BY_ID,
        frozenset({"origin"}),
    ),
    Merge(
        "holidays",
        "zcy.Holiday",
        "date, kind, source",
        "SELECT date, kind, 'import' FROM m_holidays",
        "(date)",
    ),
)


def merge(cursor: CursorWrapper, step: Merge, report: Report) -> None:
    """Carry one file over and count what was new and what differed."""
    model = apps.get_model(step.model)
    table = model._meta.db_table
    names = [name.strip() for name in step.columns.split(",")]
    known_by = {name.strip() for name in step.conflict.split(")")[0].lstrip("(").split(",")}
    changing = [name for name in names if name not in known_by | step.fixed] if step.update else []
    if changing:
        new = ", ".join(step.updated.get(name, f"EXCLUDED.{name}") for name in changing)
        old = ", ".join(f"{table}.{name}" for name in changing)
        action = (
            f"DO UPDATE SET ({', '.join(changing)}) = ROW({new}) WHERE ROW({old}) IS DISTINCT FROM ROW({new})"
            + (f" OR ({step.differs})" if step.differs else "")
        )
    else:
        action = "DO NOTHING"
    defaults = _defaults(model, set(names))
    columns = ", ".join([*names, *(str(field.column) for field in defaults)])
    constants = "".join(f", %(default_{field.column})s::{field.db_type(connection)}" for field in defaults)
    statement = f"""
        WITH written AS (
            INSERT INTO {table} ({columns}) SELECT source_row.*{constants} FROM ({step.select}) source_row
            ON CONFLICT {step.conflict} {action}
            RETURNING (xmax = 0) AS fresh
        )
        SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM written"""
    parameters = {"source": report.source} | {
        f"default_{field.column}": field.get_db_prep_save(_default_of(field), connection)
        for field in defaults
    }
    execute_and_count(cursor, statement, parameters, report.files.setdefault(step.file, FileCounts()))
    # The next file joins this table: without figures of its new rows the planner takes it for empty.
    cursor.execute(f"ANALYZE {table}")


def _defaults(model: type[Model], named: set[str]) -> list[Field[Any, Any]]:
    """The columns that must have a value, are not named, and are not filled by the database."""
    return [
        field
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.null or field.has_db_default() or field.column in named)
    ]


def _default_of(field: Field[Any, Any]) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return clock.now()
    return field.get_default()


def execute_and_count(
    cursor: CursorWrapper, statement: str, parameters: dict[str, Any], counts: FileCounts
) -> None:
    """Run a statement that yields (inserted, updated) and add them up."""
    cursor.execute(statement, parameters)
    inserted, updated = cursor.fetchone()
    counts.inserted += inserted
    counts.updated += updated
