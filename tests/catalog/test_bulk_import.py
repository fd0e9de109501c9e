"""A supplier imports listings from a file: read, previewed, confirmed, written, and imported again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from catalog import services
from catalog.bulk.errors import BadFile, ImportMoved
from catalog.models import ImportState, Listing, ListingAlert, ListingImport, PriceChange, Review, Sale
from catalog.services import bulk
from catalog.services.listing_values import ListingValues
from tests.catalog.bulk import (
    HEADER,
    a_file,
    confirmed,
    csv_bytes,
    priced,
    problems,
    read,
    some_goods,
    uploaded,
    verdicts,
    written,
    xlsx_bytes,
)
from tests.catalog.checking import a_known_range
from tests.catalog.factories import (
    a_buyer_actor,
    a_good,
    a_listing_on_sale,
    a_region,
    a_supplier_actor,
)
from zcy import clock
from zcy.errors import Missing, NotAllowed
from zcy.models import AuditEntry, OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_nothing_is_written_before_the_supplier_confirms_and_everything_afterwards() -> None:
    actor, goods = a_supplier_actor(), some_goods(3)
    made = uploaded(actor, HEADER, *priced(goods))
    assert (made.state, made.new, made.errors, made.total) == (ImportState.PREVIEW, 3, 0, 3)
    assert not Listing.objects.exists()
    done = written(actor, made)
    assert (done.state, done.written, done.conflicts) == (ImportState.DONE, 3, 0)
    listing = Listing.objects.get(good=goods[1])
    assert (listing.price, listing.stock, listing.min_quantity, listing.delivery_days) == (101, 10, 1, 3)
    assert (listing.supplier_id, listing.sale, listing.review) == (
        actor.organisation_id,
        Sale.ON_SALE,
        Review.PENDING,
    )
    entry = AuditEntry.objects.get(action="listing.created", subject_id=str(listing.pk))
    assert entry.actor_id == actor.user_id
    assert entry.data == {"price": "101.00", "import": made.pk}
    submitted = AuditEntry.objects.get(action="listings.submitted")
    assert sorted(submitted.data["pending"]) == sorted(Listing.objects.values_list("pk", flat=True))


def test_drafts_stay_drafts_where_no_review_is_wanted() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    written(actor, uploaded(actor, HEADER, *priced(goods)), submit=False)
    listing = Listing.objects.get()
    assert (listing.sale, listing.review) == (Sale.DRAFT, Review.NONE)


def test_the_same_file_again_changes_nothing() -> None:
    actor, goods = a_supplier_actor(), some_goods(3)
    written(actor, uploaded(actor, HEADER, *priced(goods)))
    before = list(Listing.objects.values())
    again = uploaded(actor, HEADER, *priced(goods))
    assert (again.state, again.same, again.new + again.changed + again.errors) == (ImportState.DONE, 3, 0)
    assert list(Listing.objects.values()) == before


def test_only_what_differs_changes_with_its_history() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100", note="现货")
    other = a_listing_on_sale(a_good(model="B2"), supplier=actor.organisation, price="50")
    made = uploaded(
        actor,
        ("Listing number", "price", "stock", "note"),
        (listing.pk, "90.5", "", ""),
        (other.pk, "50.00", "50", ""),
    )
    assert verdicts(made) == {2: "changed", 3: "same"}
    assert made.rows.get(number=2).changes == {"price": ["100.00", "90.50"]}
    written(actor, made)
    listing.refresh_from_db()
    other.refresh_from_db()
    assert (listing.price, listing.stock, listing.note, listing.version) == (Decimal("90.50"), 50, "现货", 2)
    assert (listing.review, listing.sale, other.version) == (Review.APPROVED, Sale.ON_SALE, 1)
    change = PriceChange.objects.get()
    assert (change.old_price, change.new_price, change.changed_by_id) == (
        100,
        Decimal("90.50"),
        actor.user_id,
    )
    listing.good.refresh_from_db()
    assert listing.good.lowest_price == Decimal("90.50")


def test_a_warranty_that_changes_sends_an_approved_listing_back_to_review() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, warranty_months=12)
    written(actor, uploaded(actor, ("listing", "warranty_months"), (listing.pk, 24)))
    listing.refresh_from_db()
    assert (listing.warranty_months, listing.review) == (24, Review.PENDING)


def test_an_empty_cell_keeps_and_a_dash_takes_away() -> None:
    actor = a_supplier_actor()
    kept = a_listing_on_sale(supplier=actor.organisation, note="a", warranty_months=12, own_public_price=9)
    cleared = a_listing_on_sale(
        a_good(model="B"), supplier=actor.organisation, note="a", warranty_months=12, own_public_price=9
    )
    header = ("listing", "price", "note", "warranty_months", "own_public_price")
    written(actor, uploaded(actor, header, (kept.pk, 7, "", "", ""), (cleared.pk, "", "-", "-", "-")))
    kept.refresh_from_db()
    cleared.refresh_from_db()
    assert (kept.note, kept.warranty_months, kept.own_public_price, kept.price) == ("a", 12, 9, 7)
    assert (cleared.note, cleared.warranty_months, cleared.own_public_price) == ("", None, None)


def test_areas_are_named_by_code_or_name_and_kept_as_the_form_keeps_them() -> None:
    city = a_region("330100", "杭州市", "city")
    county = a_region("330106", "西湖区", "county", parent=city)
    actor, goods = a_supplier_actor(), some_goods(3)
    header = (*HEADER, "delivery_areas")
    rows = [
        (*row, areas)
        for row, areas in zip(priced(goods), ("西湖区，330100", "everywhere", "幽谷县"), strict=True)
    ]
    made = uploaded(actor, header, *rows)
    assert verdicts(made) == {2: "new", 3: "new", 4: "error"}
    assert "幽谷县" in problems(made)[4][0]
    written(actor, made)
    first = Listing.objects.get(good=goods[0])
    assert first.delivery_paths == [city.path]
    assert set(first.delivery_areas.all()) == {city, county}
    assert Listing.objects.get(good=goods[1]).delivery_paths == []
    narrowed = uploaded(actor, ("good", "delivery_areas"), (goods[0].pk, "杭州市西湖区"))
    written(actor, narrowed)
    first.refresh_from_db()
    assert first.delivery_paths == [county.path]
    assert set(first.delivery_areas.all()) == {county}


def test_where_a_new_price_stands_in_the_range_is_part_of_the_preview() -> None:
    actor = a_supplier_actor()
    good = a_good()
    a_known_range(good, "90", "110")
    made = uploaded(actor, HEADER, (good.pk, 300, 1, 1))
    assert made.rows.get().place == "above"


def test_a_workbook_reads_like_a_csv() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    content = xlsx_bytes(
        ("型号", "品牌", "单价", "库存", "配送天数"),
        (goods[0].model, "得力", 19.9, 5, 2),
        ("p-00001", "DELI", "¥1,234.50", 5, 2),
    )
    made, _new = bulk.upload_import(actor=actor, file=a_file(content, "报价.xlsx"))
    read(made)
    assert verdicts(made) == {2: "new", 3: "new"}
    assert list(made.rows.values_list("price", flat=True)) == [Decimal("19.90"), Decimal("1234.50")]


def test_good_rows_only_writes_those_and_all_or_nothing_refuses_errors() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    made = uploaded(actor, HEADER, (goods[0].pk, 10, 1, 1), (goods[1].pk, 0, 1, 1))
    assert (made.new, made.errors) == (1, 1)
    with pytest.raises(ImportMoved):
        confirmed(actor, made, mode="all")
    assert written(actor, made).written == 1
    assert Listing.objects.get().good == goods[0]


def test_confirming_twice_is_confirming_once_and_an_old_preview_is_refused() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, HEADER, *priced(goods))
    confirmed(actor, made)
    confirmed(actor, made)
    assert OutboxMessage.objects.filter(key=f"listing-import-{made.pk}-1").count() == 1
    read(made)
    assert Listing.objects.count() == 1
    with pytest.raises(ImportMoved):
        bulk.confirm_import(actor=actor, import_id=made.pk, mode="good", submit=True, key="another")


def test_a_file_is_not_worked_on_twice_at_once() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    content = csv_bytes(HEADER, *priced(goods))
    first, new = bulk.upload_import(actor=actor, file=a_file(content))
    second, again = bulk.upload_import(actor=actor, file=a_file(content, "other name.csv"))
    assert (new, again, second.pk) == (True, False, first.pk)
    other = a_supplier_actor()
    assert bulk.upload_import(actor=other, file=a_file(content))[1]


def test_an_edit_after_the_preview_is_a_conflict_and_not_overwritten() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    other = a_listing_on_sale(a_good(model="B"), supplier=actor.organisation, price="100")
    made = uploaded(actor, ("listing", "price"), (listing.pk, 90), (other.pk, 80))
    values = ListingValues(price=Decimal(95), stock=Decimal(50), delivery_days=3)
    services.edit_listing(actor=actor, listing_id=listing.pk, version=1, values=values)
    done = written(actor, made)
    assert (done.state, done.written, done.conflicts) == (ImportState.DONE, 1, 1)
    assert verdicts(made) == {2: "conflict", 3: "changed"}
    listing.refresh_from_db()
    other.refresh_from_db()
    assert (listing.price, other.price) == (95, 80)
    again = bulk.check_again(actor=actor, import_id=made.pk)
    assert verdicts(read(again)) == {2: "changed", 3: "same"}


def test_all_or_nothing_writes_nothing_where_one_listing_has_changed() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    other = a_listing_on_sale(a_good(model="B"), supplier=actor.organisation, price="100")
    made = uploaded(actor, ("listing", "price"), (listing.pk, 90), (other.pk, 80))
    services.take_off_sale(actor=actor, listing_id=other.pk)
    stopped = written(actor, made, mode="all")
    assert (stopped.state, stopped.written, stopped.conflicts) == (ImportState.FAILED, 0, 1)
    assert "changed since the preview" in stopped.message
    listing.refresh_from_db()
    assert listing.price == 100
    assert not PriceChange.objects.exists()
    with pytest.raises(ImportMoved):
        bulk.resume_import(actor=actor, import_id=made.pk)


def test_orders_that_took_from_stock_keep_what_the_row_leaves_alone_and_stop_what_it_sets() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100", stock=Decimal(50))
    other = a_listing_on_sale(a_good(model="B"), supplier=actor.organisation, price="100", stock=Decimal(50))
    made = uploaded(actor, ("listing", "price", "stock"), (listing.pk, 90, 50), (other.pk, 90, 70))
    services.reserve_stock(quantities={listing.pk: Decimal(12), other.pk: Decimal(12)})
    written(actor, made)
    listing.refresh_from_db()
    other.refresh_from_db()
    assert (listing.price, listing.stock) == (90, 38)
    assert (other.price, other.stock) == (100, 38)
    assert verdicts(made) == {2: "changed", 3: "conflict"}


def test_a_listing_made_by_hand_since_the_preview_is_a_conflict() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, HEADER, *priced(goods))
    a_listing_on_sale(goods[0], supplier=actor.organisation)
    done = written(actor, made)
    assert (done.written, done.conflicts, Listing.objects.count()) == (0, 1, 1)


def test_the_second_row_about_one_good_is_an_error_that_names_the_first() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    made = uploaded(actor, HEADER, (goods[0].pk, 1, 1, 1), (goods[1].pk, 1, 1, 1), (goods[0].pk, 2, 1, 1))
    assert verdicts(made) == {2: "new", 3: "new", 4: "error"}
    assert "2" in problems(made)[4][0]


def test_a_cancelled_import_is_gone_on_with() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    made, _new = bulk.upload_import(actor=actor, file=a_file(csv_bytes(HEADER, *priced(goods))))
    bulk.cancel_import(actor=actor, import_id=made.pk)
    assert read(made).state == ImportState.CANCELLED
    with pytest.raises(ImportMoved):
        bulk.cancel_import(actor=actor, import_id=made.pk)
    bulk.resume_import(actor=actor, import_id=made.pk)
    assert read(made).state == ImportState.PREVIEW
    assert written(actor, made).written == 2


def test_a_file_that_is_open_in_another_import_leads_there() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    first = uploaded(actor, HEADER, *priced(goods))
    bulk.cancel_import(actor=actor, import_id=first.pk)
    second = uploaded(actor, HEADER, *priced(goods))
    assert second.pk != first.pk
    assert bulk.check_again(actor=actor, import_id=first.pk).pk == second.pk
    with pytest.raises(ImportMoved):
        bulk.resume_import(actor=actor, import_id=first.pk)
    assert ListingImport.objects.count() == 2


def test_only_the_suppliers_people_touch_an_import() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, HEADER, *priced(goods))
    stranger, buyer = a_supplier_actor(), a_buyer_actor()
    with pytest.raises(Missing):
        confirmed(stranger, made)
    with pytest.raises(Missing):
        bulk.cancel_import(actor=stranger, import_id=made.pk)
    with pytest.raises(NotAllowed):
        bulk.upload_import(actor=buyer, file=a_file(csv_bytes(HEADER, *priced(goods))))
    assert not ListingImport.objects.visible_to(buyer).exists()


def test_who_left_the_supplier_writes_nothing_more_and_a_colleague_goes_on() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = confirmed(actor, uploaded(actor, HEADER, *priced(goods)))
    assert actor.user is not None
    actor.user.memberships.all().delete()
    assert read(made).state == ImportState.FAILED
    assert not Listing.objects.exists()
    colleague = a_supplier_actor(actor.organisation)
    bulk.resume_import(actor=colleague, import_id=made.pk)
    assert read(made).state == ImportState.DONE


def test_a_bad_file_says_so_on_its_page_and_leaves_nothing() -> None:
    actor = a_supplier_actor()
    made = uploaded(actor, ("colour", "size"), ("red", 3))
    assert made.state == ImportState.FAILED
    assert "template" in made.message
    with pytest.raises(BadFile):
        bulk.upload_import(actor=actor, file=a_file(b""))


def test_old_imports_are_cleared_with_their_files() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = written(actor, uploaded(actor, HEADER, *priced(goods)))
    assert default_storage.exists(made.stored_as)
    assert bulk.clear_old() == 0
    ListingImport.objects.update(ended_at=clock.now() - timedelta(days=31))
    assert (bulk.clear_old(), bulk.clear_old()) == (1, 0)
    assert not default_storage.exists(made.stored_as)
    assert not made.rows.exists()
    made.refresh_from_db()
    assert made.written == 1


def test_what_a_file_leaves_low_in_stock_is_to_be_mended_at_once_and_what_it_fills_is_not() -> None:
    actor = a_supplier_actor()
    empty = a_listing_on_sale(supplier=actor.organisation, stock=Decimal(0))
    full = a_listing_on_sale(a_good(model="B2"), supplier=actor.organisation)
    services.refresh_alerts()
    assert ListingAlert.objects.get().listing_id == empty.pk
    made = uploaded(actor, ("Listing number", "stock"), (empty.pk, "50"), (full.pk, "0"))
    written(actor, made)
    assert ListingAlert.objects.get().listing_id == full.pk
    bulk.set_price_and_stock(
        actor=actor, items=[bulk.PriceAndStock(listing=full.pk, stock=Decimal(9))], key="k1"
    )
    assert not ListingAlert.objects.exists()
