"""The pages of imports: upload, progress, preview, report, price rules; for the supplier alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice
from catalog.bulk.errors import ImportMoved
from catalog.models import ImportState, Listing, ListingImport
from catalog.services import bulk
from tests.catalog.bulk import (
    HEADER,
    a_file,
    confirmed,
    csv_bytes,
    priced,
    read,
    some_goods,
    uploaded,
    written,
)
from tests.catalog.factories import (
    a_buyer_actor,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
)
from zcy import clock
from zcy.outbox import work_off

pytestmark = pytest.mark.django_db


def sent(browser: Client, content: bytes, name: str = "报价.csv", **values: Any) -> Any:
    return browser.post("/supplier/imports/upload/", {"file": SimpleUploadedFile(name, content), **values})


def test_a_file_is_uploaded_read_confirmed_and_reported() -> None:
    actor, goods = a_supplier_actor(), some_goods(2)
    browser = a_client_of(actor)
    answer = sent(browser, csv_bytes(HEADER, *priced(goods), (goods[0].pk, "0", 1, 1)))
    made = ListingImport.objects.get()
    assert answer.headers["Location"] == f"/supplier/imports/{made.pk}/"
    html = browser.get(f"/supplier/imports/{made.pk}/").content.decode()
    assert f'hx-get="/supplier/imports/{made.pk}/progress/"' in html
    assert "HX-Refresh" not in browser.get(f"/supplier/imports/{made.pk}/progress/").headers
    assert work_off() == 1
    assert browser.get(f"/supplier/imports/{made.pk}/progress/").headers["HX-Refresh"] == "true"
    html = browser.get(f"/supplier/imports/{made.pk}/").content.decode()
    made.refresh_from_db()
    assert "¥0.01" in html
    assert not Listing.objects.exists()
    values = {"mode": "all", "submit": "on", "key": made.confirm_key}
    answer = browser.post(f"/supplier/imports/{made.pk}/confirm/", values)
    assert answer.status_code == 409
    assert "data-invalid" in answer.content.decode()
    answer = browser.post(f"/supplier/imports/{made.pk}/confirm/", values | {"mode": "good"})
    assert answer.status_code == 302
    work_off()
    made.refresh_from_db()
    assert (made.state, made.written) == (ImportState.DONE, 2)
    html = browser.get(f"/supplier/imports/{made.pk}/").content.decode()
    assert f"/supplier/imports/{made.pk}/errors/" in html
    assert goods[0].name in html
    kinds = set(Notice.objects.filter(user=actor.user).values_list("kind", flat=True))
    assert kinds == {"import_preview", "import_done"}


def test_the_same_file_leads_to_the_import_that_is_open() -> None:
    browser, goods = a_client_of(a_supplier_actor()), some_goods(1)
    content = csv_bytes(HEADER, *priced(goods))
    first = sent(browser, content)
    assert sent(browser, content).headers["Location"] == first.headers["Location"]
    assert ListingImport.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.csv"), (b"%PDF-1.7 xx", "a.pdf"), (b"PK\x03\x04junk", "a.xlsx")]
)
def test_a_file_that_cannot_be_taken_is_said_beside_its_field(content: bytes, name: str) -> None:
    answer = sent(a_client_of(a_supplier_actor()), content, name)
    assert answer.status_code == 400
    assert "data-invalid" in answer.content.decode()
    assert not ListingImport.objects.exists()


def test_nothing_chosen_and_a_category_that_is_none_are_said() -> None:
    browser = a_client_of(a_supplier_actor())
    assert browser.post("/supplier/imports/upload/", {}).status_code == 400
    assert sent(browser, csv_bytes(HEADER, (1, 1, 1, 1)), category="nonsense").status_code == 400
    assert not ListingImport.objects.exists()


def test_an_upload_without_the_token_of_a_form_is_refused() -> None:
    actor = a_supplier_actor()
    assert actor.user is not None
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert sent(browser, csv_bytes(HEADER, (1, 1, 1, 1))).status_code == 403
    assert not ListingImport.objects.exists()


def test_the_preview_is_filtered_by_verdict_and_paged() -> None:
    actor, goods = a_supplier_actor(), some_goods(30)
    made = uploaded(actor, HEADER, *priced(goods), *[(999_999 + n, 1, 1, 1) for n in range(25)])
    browser = a_client_of(actor)
    page = browser.get(f"/supplier/imports/{made.pk}/?verdict=error&size=20").context["page"]
    assert (len(page.rows), page.rows[0].number) == (20, 32)
    follow = browser.get(f"/supplier/imports/{made.pk}/{page.next_url}").context["page"]
    assert [row.number for row in follow.rows] == list(range(52, 57))
    for odd in ("verdict=nonsense", "after=%00", "verdict=new&size=abc"):
        assert browser.get(f"/supplier/imports/{made.pk}/?{odd}").status_code == 200


def test_changes_are_shown_old_and_new_with_names_of_areas() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation, price="100")
    made = uploaded(actor, ("listing", "price", "delivery_areas"), (listing.pk, 90, "西湖区"))
    html = a_client_of(actor).get(f"/supplier/imports/{made.pk}/").content.decode()
    assert "100.00 → <b>90.00</b>" in html
    assert "<b>西湖区</b>" in html


def test_a_good_that_is_missing_can_be_looked_for_or_proposed_from_its_row() -> None:
    actor = a_supplier_actor()
    made = uploaded(actor, ("brand", "model", "price"), ("奔图", "P3305", 5))
    html = a_client_of(actor).get(f"/supplier/imports/{made.pk}/").content.decode()
    assert "/supplier/listings/new/?q=%E5%A5%94%E5%9B%BE%20P3305" in html
    assert "/supplier/goods/propose/?brand_name=%E5%A5%94%E5%9B%BE&amp;model=P3305" in html


def test_cancel_go_on_and_check_again_stand_where_they_make_sense() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, HEADER, *priced(goods))
    browser = a_client_of(actor)
    address = f"/supplier/imports/{made.pk}/"
    assert browser.post(f"{address}cancel/").status_code == 302
    html = browser.get(address).content.decode()
    assert f'action="{address}resume/"' in html
    assert f'action="{address}cancel/"' not in html
    assert browser.post(f"{address}resume/").status_code == 302
    made.refresh_from_db()
    assert made.state == ImportState.PREVIEW
    answer = browser.post(f"{address}again/")
    other = ListingImport.objects.latest("pk")
    assert answer.headers["Location"] == f"/supplier/imports/{other.pk}/"
    assert browser.post(f"{address}take-back/").status_code == 302  # with a message: it is no price rule
    assert browser.get(f"{address}cancel/").status_code == 405


def test_a_strangers_import_is_404_and_a_buyer_is_403() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = uploaded(actor, HEADER, *priced(goods))
    stranger, buyer = a_client_of(a_supplier_actor()), a_client_of(a_buyer_actor())
    for part in ("", "progress/", "errors/"):
        assert stranger.get(f"/supplier/imports/{made.pk}/{part}").status_code == 404
    for part in ("confirm/", "cancel/", "resume/", "again/", "take-back/"):
        assert stranger.post(f"/supplier/imports/{made.pk}/{part}").status_code == 404
    for path in ("", "template/", "export/", "prices/"):
        assert buyer.get(f"/supplier/imports/{path}").status_code == 403
    assert f"/supplier/imports/{made.pk}/" not in stranger.get("/supplier/imports/").content.decode()


def test_a_price_rule_is_made_from_the_filter_of_the_list_and_taken_back() -> None:
    actor = a_supplier_actor()
    a_listing_on_sale(a_good("打印机 A", model="A"), supplier=actor.organisation, price="100")
    browser = a_client_of(actor)
    html = browser.get("/supplier/imports/prices/?q=打印机").content.decode()
    assert 'value="打印机"' in html
    values = {"direction": "down", "value": "5", "step": "percent", "rounding": "ninety", "q": "打印机"}
    answer = browser.post("/supplier/imports/prices/", values)
    made = ListingImport.objects.get()
    assert answer.headers["Location"] == f"/supplier/imports/{made.pk}/"
    work_off()
    made.refresh_from_db()
    html = browser.get(f"/supplier/imports/{made.pk}/").content.decode()
    assert "100.00 → <b>94.90</b>" in html
    browser.post(f"/supplier/imports/{made.pk}/confirm/", {"mode": "good", "key": made.confirm_key})
    work_off()
    assert (
        f"/supplier/imports/{made.pk}/take-back/"
        in browser.get(f"/supplier/imports/{made.pk}/").content.decode()
    )
    answer = browser.post(f"/supplier/imports/{made.pk}/take-back/")
    work_off()
    assert Listing.objects.get().price == 100
    assert browser.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("value", "abc"), ("value", "-1"), ("value", "100"), ("value", "1.999"), ("value", ""), ("step", "x"),
     ("rounding", "x"),     ("direction", ""), ("category", "nonsense"), ("brand", "abc"), ("sale", "x"), ("q", "y" * 101)],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_said_beside_the_field(field: str, value: str) -> None:
    actor = a_supplier_actor()
    values = {"direction": "down", "value": "5", "step": "percent", "rounding": "cent"}
    answer = a_client_of(actor).post("/supplier/imports/prices/", values | {field: value})
    assert answer.status_code == 400
    assert "data-error-summary" in answer.content.decode()
    assert not ListingImport.objects.exists()


def test_the_pages_need_as_many_statements_for_forty_as_for_ten() -> None:
    actor = a_supplier_actor()
    browser = a_client_of(actor)
    goods = some_goods(40)
    made = uploaded(actor, HEADER, *priced(goods[:10]))
    more = uploaded(actor, HEADER, *priced(goods))
    bulk.cancel_import(actor=actor, import_id=made.pk)

    def statements(path: str) -> int:
        assert browser.get(path).status_code == 200
        with CaptureQueriesContext(connection) as asked:
            browser.get(path)
        return len(asked)

    few = statements(f"/supplier/imports/{made.pk}/?size=50")
    assert few == statements(f"/supplier/imports/{more.pk}/?size=50") <= 8
    lists = statements("/supplier/imports/?size=50")
    assert actor.organisation is not None
    for number in range(38):
        ListingImport.objects.create(
            supplier=actor.organisation, created_by=actor.user, file_name=f"{number}.csv"
        )
    assert lists == statements("/supplier/imports/?size=50") <= 8


def test_what_waits_to_be_confirmed_is_on_the_work_list_and_in_the_menu() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    uploaded(actor, HEADER, *priced(goods))
    html = a_client_of(actor).get("/").content.decode()
    assert html.count('href="/supplier/imports/"') >= 2


def test_an_import_that_was_cleared_still_has_its_page() -> None:
    actor, goods = a_supplier_actor(), some_goods(1)
    made = written(actor, uploaded(actor, HEADER, *priced(goods)))
    ListingImport.objects.update(ended_at=clock.now() - timedelta(days=31))
    bulk.clear_old()
    browser = a_client_of(actor)
    assert browser.get(f"/supplier/imports/{made.pk}/").status_code == 200
    assert browser.get(f"/supplier/imports/{made.pk}/errors/").status_code == 404
    assert browser.post(f"/supplier/imports/{made.pk}/again/").status_code == 302


def test_a_call_of_the_suppliers_system_is_not_in_the_list() -> None:
    actor = a_supplier_actor()
    listing = a_listing_on_sale(supplier=actor.organisation)
    item = bulk.PriceAndStock(listing.pk, price=listing.price + 1)
    bulk.set_price_and_stock(actor=actor, items=[item], key="k")
    assert not a_client_of(actor).get("/supplier/imports/").context["rows"]
    made, _new = bulk.upload_import(actor=actor, file=a_file(csv_bytes(HEADER, (1, 1, 1, 1))))
    assert read(made).state == ImportState.PREVIEW
    with pytest.raises(ImportMoved):  # there is nothing to write
        confirmed(actor, made)
