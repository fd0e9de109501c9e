"""A standard good is edited by its schema, with a history that nobody changes, and never over somebody's newer edit."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.actor import Actor
from accounts.models import Notice
from catalog import services
from catalog.errors import GoodChanged, GoodRefused
from catalog.models import Brand, Good, GoodChange, GoodMerge
from catalog.services import retire_good, revive_good
from tests.catalog.factories import (
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_listing_on_sale,
    a_supplier_actor,
    an_attribute,
)
from tests.catalog.good_factories import NO_ROWS, a_category_of_printers
from zcy import clock
from zcy.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(settings: Any) -> Actor:
    settings.DEMONSTRATION = True
    made = a_catalog_actor()
    assert made.user
    made.user.demonstration = True
    made.user.save()
    return made


@pytest.fixture
def staff(actor: Actor) -> Client:
    return a_client_of(actor)


def form(good: Good, **changes: Any) -> dict[str, Any]:
    values = {
        "category": good.category_id, "brand": good.brand_id, "model": good.model, "name": good.name, "unit": "台",
        "attr_ppm": "20", "attr_link": "USB", "attr_duplex": "", "attr_series": "", "pack_size": "", "origin": "中国",
        "description": "", "gtin": "", "maker": "", "seen_version": good.version,
    }  # fmt: skip
    return values | NO_ROWS | changes


def picture() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(data, "PNG")
    return SimpleUploadedFile("a.png", data.getvalue(), content_type="image/png")


def url(good: Good) -> str:
    return f"/admin/catalog/good/{good.pk}/change/"


def test_attributes_are_fields_and_what_the_schema_does_not_know_is_kept(staff: Client) -> None:
    category = a_category_of_printers()
    good = a_good(category=category, spec={"ppm": 20, "colour": "白", "link": "USB"})
    page = staff.get(url(good)).content.decode()
    for text in ("速度 (页/分)", 'name="attr_link"', "colour: 白"):
        assert text in page
    assert (
        staff.post(url(good), form(good, attr_ppm="22.5", attr_duplex="false", attr_series="锐")).status_code
        == 302
    )
    good.refresh_from_db()
    assert good.spec == {"colour": "白", "ppm": 22.5, "link": "USB", "duplex": False, "series": "锐"}
    assert staff.post(url(good), form(good, removed_keys=["colour"])).status_code == 302
    good.refresh_from_db()
    assert good.spec == {"ppm": 20, "link": "USB"}


def test_another_category_asks_for_its_own_attributes(staff: Client) -> None:
    category = a_category_of_printers()
    scanner = a_category("A02021118", "扫描仪")
    an_attribute(scanner, "dpi", "分辨率", type="number", required=True)
    good = a_good(category=category, spec={"ppm": 20, "link": "USB"})
    answer = staff.post(url(good), form(good, category=scanner.pk))
    assert answer.status_code == 200
    assert 'name="attr_dpi"' in answer.content.decode()
    assert staff.post(url(good), form(good, category=scanner.pk, attr_dpi="600")).status_code == 302
    good.refresh_from_db()
    assert (good.category_id, good.spec) == (scanner.pk, {"ppm": 20, "link": "USB", "dpi": 600})


def test_a_new_good_begins_with_its_category(staff: Client) -> None:
    category = a_category_of_printers()
    brand = Brand.objects.create(name="奔图")
    assert category.name in staff.get("/admin/catalog/good/add/?q=打印").content.decode()
    chosen = staff.get("/admin/catalog/good/add/?code=A02021003", follow=True)
    assert 'name="attr_ppm"' in chosen.content.decode()
    values = form(Good(category=category, brand=brand, model="P1", name="奔图 P1"), gtin="690-1234 567892")
    answer = staff.post(f"/admin/catalog/good/add/?category={category.pk}", values)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    good = Good.objects.get()
    assert (good.gtin, good.spec, good.model_key) == ("06901234567892", {"ppm": 20, "link": "USB"}, "P1")
    assert good.key_hash
    assert GoodChange.objects.get().kind == "created"


def test_every_change_stands_in_the_history_with_author_and_difference(staff: Client, actor: Actor) -> None:
    good = a_good(category=a_category_of_printers(), spec={"ppm": 20, "link": "USB"})
    services.index_goods([good.pk])
    staff.post(url(good), form(good, name="惠普 M403d 打印机", origin="越南", attr_ppm="38"))
    change = GoodChange.objects.get()
    assert (change.author_id, change.kind, change.version) == (actor.user_id, "edited", 2)
    assert change.changes["spec.ppm"] == [20, 38]
    assert change.changes["origin"] == ["", "越南"]
    page = staff.get(f"/admin/catalog/good/{good.pk}/changes/").content.decode()
    for text in ("速度", "<del>20</del>", "<ins>38</ins>", "越南", str(actor.user)):
        assert text in page
    good.refresh_from_db()
    staff.post(url(good), form(good, origin="越南", attr_ppm="38", name="惠普 M403d 打印机"))
    assert GoodChange.objects.count() == 1  # nothing differed
    for statement in ("UPDATE catalog_goodchange SET note = 'x'", "DELETE FROM catalog_goodchange"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_second_of_two_operators_is_told_and_shown_the_newer_good(staff: Client) -> None:
    good = a_good(category=a_category_of_printers(), spec={"ppm": 20, "link": "USB"})
    mine, theirs = form(good, attr_ppm="30"), form(good, origin="德国", attr_ppm="25")
    assert staff.post(url(good), theirs).status_code == 302
    answer = staff.post(url(good), mine)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "德国" in page
    assert "20 → 25" in page
    assert 'value="30"' in page  # what was typed is not lost
    good.refresh_from_db()
    assert good.spec["ppm"] == 25
    # Once it has been compared, it may be saved over the newer one.
    assert staff.post(url(good), mine | {"seen_version": good.version}).status_code == 302
    good.refresh_from_db()
    assert good.spec["ppm"] == 30


def test_certificates_make_labels_and_take_them_away(staff: Client, client: Client) -> None:
    good = a_good(category=a_category_of_printers(), labels=["green"], spec={"ppm": 20, "link": "USB"})
    rows = {
        "certificates-TOTAL_FORMS": "2",
        "certificates-0-label": "energy_saving", "certificates-0-certificate": "CQC1",
        "certificates-0-expires_on": str(clock.today() + timedelta(days=9)),
        "certificates-1-label": "xinchuang", "certificates-1-certificate": "X1",
        "certificates-1-expires_on": str(clock.today() - timedelta(days=1)),
    }  # fmt: skip
    answer = staff.post(url(good), form(good, **rows))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    good.refresh_from_db()
    assert good.labels == ["energy_saving", "green"]
    assert "CQC1" in client.get(f"/goods/{good.pk}/").content.decode()
    kept = good.certificates.get(label="energy_saving")
    gone = {
        "certificates-TOTAL_FORMS": "1", "certificates-INITIAL_FORMS": "1", "certificates-0-id": kept.pk,
        "certificates-0-good": good.pk, "certificates-0-label": "energy_saving", "certificates-0-certificate": "CQC1",
        "certificates-0-DELETE": "on", "dropped_labels": ["green"],
    }  # fmt: skip
    good.certificates.exclude(pk=kept.pk).delete()
    assert staff.post(url(good), form(good, **gone)).status_code == 302
    good.refresh_from_db()
    assert good.labels == []


def test_further_pictures_are_drawn_anew_and_bombs_are_refused(staff: Client, client: Client) -> None:
    good = a_good(category=a_category_of_printers(), spec={"ppm": 20, "link": "USB"})
    rows = {"pictures-TOTAL_FORMS": "1", "pictures-0-order": "1"}
    bomb = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(bomb, "PNG")
    wrong = SimpleUploadedFile("a.png", bomb.getvalue(), content_type="image/png")
    assert staff.post(url(good), form(good, **rows, **{"pictures-0-picture": wrong})).status_code == 200
    assert not good.pictures.exists()
    assert staff.post(url(good), form(good, **rows, **{"pictures-0-picture": picture()})).status_code == 302
    kept = good.pictures.get()
    assert kept.picture.name
    assert kept.picture.name.endswith(".webp")
    assert kept.picture.name in client.get(f"/goods/{good.pk}/").content.decode()


def test_a_retired_good_leads_to_its_successor_and_its_suppliers_are_told(
    staff: Client, actor: Actor, client: Client
) -> None:
    old, new = a_good("惠普 M403d"), a_good("惠普 M404d", model="M404d")
    seller = a_supplier_actor()
    a_listing_on_sale(old, supplier=seller.organisation)
    page = f"/admin/catalog/good/{old.pk}/retire/"
    assert staff.get(page).status_code == 200
    wrong = staff.post(page, {"successor": str(old.pk), "version": old.version, "retire": "1"})
    assert wrong.status_code == 400
    done = staff.post(
        page, {"successor": str(new.pk), "version": old.version, "retire": "1", "reason": "停产"}
    )
    assert done.status_code == 302
    shown = client.get(f"/goods/{old.pk}/").content.decode()
    assert f'href="/goods/{new.pk}/"' in shown
    assert old.name in client.get(f"/goods/{new.pk}/").content.decode()
    assert Notice.objects.get(user=seller.user).url == f"/supplier/listings/new/{new.pk}/"
    assert GoodChange.objects.get().note == "停产"
    old.refresh_from_db()
    assert old.offers == 0
    with pytest.raises(GoodRefused):
        retire_good(actor=actor, good_id=new.pk, version=new.version, successor_id=old.pk)
    with pytest.raises(GoodChanged):
        revive_good(actor=actor, good_id=old.pk, version=1)
    revive_good(actor=actor, good_id=old.pk, version=old.version)
    old.refresh_from_db()
    assert (old.state, old.successor_id, old.offers) == ("active", None, 1)
    with pytest.raises(NotAllowed):
        retire_good(actor=seller, good_id=old.pk, version=old.version)


def test_a_merge_is_looked_at_made_and_undone_on_pages(staff: Client) -> None:
    survivor, merged = a_good("惠普 M403d"), a_good("HP M403D 打印机", model="M403D")
    shop = a_supplier_actor()
    a_listing_on_sale(survivor, supplier=shop.organisation, price="1000")
    a_listing_on_sale(merged, supplier=shop.organisation, price="900")
    page = f"/admin/catalog/good/{merged.pk}/merge/"
    assert survivor.name in staff.get(page + "?q=M403").content.decode()
    for wrong in (str(merged.pk), "abc", "999999999", "9" * 30, "-1"):
        assert staff.get(page, {"other": wrong}).status_code == 400
    shown = staff.get(f"{page}?other={survivor.pk}").content.decode()
    assert shop.organisation
    assert shop.organisation.name in shown
    values = {
        "survivor": survivor.pk,
        "merged": merged.pk,
        "survivor_version": 1,
        "merged_version": 1,
        "reason": "重复",
    }
    assert staff.post(page, values | {"survivor": merged.pk}).status_code == 400
    stale = staff.post(page, values | {"merged_version": 9})
    assert stale.status_code == 409
    assert "重复" in stale.content.decode()
    assert staff.post(page, values).status_code == 302
    assert "M403D" in staff.get("/admin/catalog/goodmerge/").content.decode()
    undo = f"/admin/catalog/good/{merged.pk}/unmerge/"
    # What was merged is shown, and not changed.
    shown = staff.get(url(merged)).content.decode()
    assert undo in shown
    assert 'name="_save"' not in shown
    assert staff.get(undo).status_code == 200
    assert staff.post(undo).status_code == 302
    assert GoodMerge.objects.get().undone_at is not None
    assert staff.get(undo).status_code == 200


@pytest.mark.parametrize("name", ["goodpair", "goodmerge", "goodfault", "goodproposal", "schemachange"])
def test_lists_open_for_staff_empty_and_searched_and_for_nobody_else(staff: Client, name: str) -> None:
    assert staff.get(f"/admin/catalog/{name}/").status_code == 200
    assert staff.get(f"/admin/catalog/{name}/?q=惠普").status_code == 200
    assert a_client_of(a_supplier_actor()).get(f"/admin/catalog/{name}/").status_code == 403


def test_lists_of_work_need_the_same_statements_for_10_and_for_40_rows(staff: Client) -> None:
    from catalog.models import GoodFault, GoodPair

    first = a_good("甲")
    counted: dict[str, list[int]] = {"goodpair": [], "goodfault": []}
    for more in (10, 30):
        for number in range(more):
            other = a_good(f"乙 {more}-{number}", model=f"B{more}{number}")
            GoodPair.objects.create(
                first=first, second=other, score=0.8, reasons=[["model_same", 4, "X", ""]]
            )
            GoodFault.objects.create(good=other, key="ppm", fault="missing")
        for name, numbers in counted.items():
            staff.get(f"/admin/catalog/{name}/")
            with CaptureQueriesContext(connection) as captured:
                staff.get(f"/admin/catalog/{name}/")
            numbers.append(len(captured))
    assert all(few == many for few, many in counted.values()), counted


def test_a_pair_is_compared_side_by_side_and_kept_apart(staff: Client) -> None:
    from catalog.models import GoodPair

    one, two = a_good("甲", model="A1"), a_good("乙", model="B1")
    pair = GoodPair.objects.create(
        first=one, second=two, score=0.8, reasons=[["brand_same", 1.5, "惠普", ""]]
    )
    page = staff.get(f"/admin/catalog/goodpair/{pair.pk}/compare/").content.decode()
    assert "A1" in page
    assert f"/admin/catalog/good/{one.pk}/merge/?other={two.pk}" in page
    assert staff.post(f"/admin/catalog/goodpair/{pair.pk}/compare/").status_code == 302
    pair.refresh_from_db()
    assert pair.state == "distinct"
