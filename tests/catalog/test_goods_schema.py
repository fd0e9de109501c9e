"""A category's attributes are changed in the administration, and its goods follow or are flagged."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override

from accounts.actor import Actor
from catalog import services
from catalog.errors import GoodRefused
from catalog.models import Category, CategoryAttribute, Good, GoodChange, GoodFault, SchemaChange
from catalog.services import change_schema, follow_schema_change, remove_attribute
from catalog.services.change_schema import Wanted, plan_change
from tests.catalog.factories import (
    a_catalog_actor,
    a_category,
    a_client_of,
    a_good,
    a_supplier_actor,
    an_attribute,
)
from tests.catalog.good_factories import a_category_of_printers
from zcy.errors import NotAllowed
from zcy.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return a_catalog_actor()


@pytest.fixture
def staff(actor: Actor, settings: Any) -> Client:
    settings.DEMONSTRATION = True
    assert actor.user
    actor.user.demonstration = True
    actor.user.save()
    return a_client_of(actor)


def link(**changes: Any) -> Wanted:
    values: dict[str, Any] = {
        "type": "choice",
        "choices": ("USB", "有线", "无线"),
        "is_key": True,
        "order": 20,
    }
    return Wanted("link", "接口", **(values | changes))


def the(category: Category, key: str = "link") -> int:
    return CategoryAttribute.objects.get(category=category, key=key).pk


def spec_of(good: Good) -> Any:
    return Good.objects.values_list("spec", flat=True).get(pk=good.pk)


def test_renaming_a_value_takes_its_goods_along_with_their_history(actor: Actor) -> None:
    category = a_category_of_printers()
    good, other = (
        a_good(model=link, category=category, spec={"ppm": 20, "link": link}) for link in ("USB", "无线")
    )
    services.refresh_key_hashes()
    before = Good.objects.get(pk=good.pk)
    wanted = link(choices=("USB 2.0", "有线", "无线"), renamed={"USB": "USB 2.0"})
    plan = plan_change(category.pk, wanted)
    assert (plan.total, plan.rewritten, plan.flagged) == (2, 1, 0)
    change = change_schema(actor=actor, category_id=category.pk, wanted=wanted, attribute_id=the(category))
    assert (change.state, change.migrated, change.flagged, change.done) == ("done", 1, 0, 2)
    after = Good.objects.get(pk=good.pk)
    assert after.spec == {"ppm": 20, "link": "USB 2.0"}
    assert after.spec_hash not in ("", before.spec_hash)
    assert after.key_hash not in ("", before.key_hash)
    assert after.version == before.version + 1
    history = GoodChange.objects.get()
    assert (history.good_id, history.kind, history.author_id) == (good.pk, "schema", actor.user_id)
    assert history.changes == {"spec.link": ["USB", "USB 2.0"]}
    assert spec_of(other) == {"ppm": 20, "link": "无线"}


def test_two_values_may_change_places(actor: Actor) -> None:
    category = a_category_of_printers()
    one, two = (a_good(model=value, category=category, spec={"link": value}) for value in ("有线", "无线"))
    wanted = link(renamed={"有线": "无线", "无线": "有线"})
    change_schema(actor=actor, category_id=category.pk, wanted=wanted, attribute_id=the(category))
    assert (spec_of(one), spec_of(two)) == ({"link": "无线"}, {"link": "有线"})


def test_goods_of_a_removed_value_are_flagged_until_they_are_mended(actor: Actor, staff: Client) -> None:
    category = a_category_of_printers()
    good = a_good(category=category, spec={"ppm": 20, "link": "USB"})
    a_good(model="B", category=category, spec={"ppm": 20, "link": "有线"})
    change = change_schema(
        actor=actor,
        category_id=category.pk,
        wanted=link(choices=("有线", "无线")),
        attribute_id=the(category),
    )
    assert change.flagged == 1
    fault = GoodFault.objects.get()
    assert (fault.good_id, fault.key, fault.fault, fault.value) == (good.pk, "link", "choice", "USB")
    page = staff.get("/admin/catalog/goodfault/").content.decode()
    assert good.name in page
    assert f"/admin/catalog/good/{good.pk}/change/" in page
    Good.objects.filter(pk=good.pk).update(spec={"ppm": 20, "link": "无线"})
    services.check_goods([good.pk])
    assert not GoodFault.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "value", "becomes"),
    [
        ({"type": "number", "unit": "GB"}, "16GB", 16),
        ({"type": "number", "unit": "GB"}, "16.5", 16.5),
        ({"type": "number", "unit": "GB"}, "大", None),
        ({"type": "number"}, True, None),
        ({"type": "number"}, "1e999", None),
        ({"type": "text"}, 16, 16),
        ({"type": "text"}, True, "是"),
        ({"type": "boolean"}, "支持", True),
        ({"type": "boolean"}, "无", False),
        ({"type": "boolean"}, "也许", None),
        ({"type": "choice", "choices": ("A4", "A3")}, "ａ4", "A4"),
        ({"type": "choice", "choices": ("16", "32")}, 16, 16),
        ({"type": "choice", "choices": ("16", "32")}, 16.0, "16"),
    ],
)
def test_another_type_rewrites_what_is_no_guess_and_flags_the_rest(
    actor: Actor, wanted: dict[str, Any], value: Any, becomes: Any
) -> None:
    category = a_category()
    attribute = an_attribute(category, "x", "某")
    good = a_good(category=category, spec={"x": value, "other": "stays"})
    change_schema(
        actor=actor, category_id=category.pk, wanted=Wanted("x", "某", **wanted), attribute_id=attribute.pk
    )
    flagged = GoodFault.objects.filter(good=good).exists()
    assert flagged is (becomes is None)
    assert spec_of(good) == {"x": value if becomes is None else becomes, "other": "stays"}
    assert type(spec_of(good)["x"]) is type(value if becomes is None else becomes)


def test_a_new_required_attribute_flags_what_does_not_state_it_also_below(actor: Actor) -> None:
    hall = a_category("A1", "办公设备")
    leaf, own = a_category("A11", "打印机", hall), a_category("A12", "扫描仪", hall)
    an_attribute(own, "origin", "产地", type="text")  # replaces the inherited one
    below, apart = a_good(category=leaf), a_good(model="B", category=own)
    change = change_schema(actor=actor, category_id=hall.pk, wanted=Wanted("origin", "产地", required=True))
    assert (change.total, change.flagged) == (1, 1)
    assert GoodFault.objects.get().good_id == below.pk
    assert not GoodFault.objects.filter(good=apart).exists()


def test_a_removed_attribute_leaves_what_goods_state(actor: Actor) -> None:
    category = a_category_of_printers()
    good = a_good(category=category, spec={"ppm": 20, "link": "蓝牙"})
    services.check_goods([good.pk])
    assert GoodFault.objects.exists()
    remove_attribute(actor=actor, attribute_id=the(category))
    assert spec_of(good) == {"ppm": 20, "link": "蓝牙"}
    assert not GoodFault.objects.exists()
    assert Good.objects.get(pk=good.pk).key_hash  # the other key attribute is stated


def test_many_goods_follow_in_the_background_and_an_interrupted_run_goes_on(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    module = import_module("catalog.services.change_schema")
    monkeypatch.setattr(module, "AT_ONCE", 3)
    monkeypatch.setattr(module, "BATCH", 2)
    category = a_category_of_printers()
    goods = [a_good(model=f"M{n}", category=category, spec={"ppm": 20, "link": "USB"}) for n in range(5)]
    wanted = link(choices=("USB 2.0",), renamed={"USB": "USB 2.0", "有线": "", "无线": ""})
    change = change_schema(actor=actor, category_id=category.pk, wanted=wanted, attribute_id=the(category))
    assert (change.state, change.total, change.done) == ("waiting", 5, 0)
    message = OutboxMessage.objects.get(task="catalog.tasks.follow_schema_change")
    assert module._next_batch(change.pk)
    change.refresh_from_db()
    assert (change.state, change.done, change.migrated) == ("running", 2, 2)
    follow_schema_change(**message.kwargs)
    follow_schema_change(**message.kwargs)  # delivered twice
    change.refresh_from_db()
    assert (change.state, change.done, change.migrated) == ("done", 5, 5)
    assert GoodChange.objects.count() == 5
    assert {Good.objects.get(pk=good.pk).spec["link"] for good in goods} == {"USB 2.0"}


def form(**changes: Any) -> dict[str, Any]:
    return {
        "label": "接口", "label_en": "Interface", "type": "choice", "unit": "", "value_0": "USB", "value_1": "有线",
        "value_2": "无线", "new_values": "", "is_key": "on", "order": "20",
    } | changes  # fmt: skip


def test_the_page_shows_what_a_change_means_before_anything_is_written(staff: Client) -> None:
    category = a_category_of_printers()
    good = a_good(category=category, spec={"ppm": 20, "link": "USB"})
    url = f"/admin/catalog/category/{category.pk}/attributes/{the(category)}/"
    listed = staff.get(f"/admin/catalog/category/{category.pk}/attributes/").content.decode()
    for text in ("速度", "接口", "USB、有线、无线"):
        assert text in listed
    values = form(value_0="USB 3.0", value_2="", new_values="蓝牙\n\n 蓝牙 \n网口")
    shown = staff.post(url, values)
    assert shown.status_code == 200
    assert "USB 3.0" in shown.content.decode()
    assert not SchemaChange.objects.exists()
    planned = shown.content.decode().split('name="planned" value="')[1].split('"')[0]
    # The plan is another one by now: it is shown anew.
    a_good(model="B", category=category, spec={"ppm": 20, "link": "USB"})
    again = staff.post(url, values | {"planned": planned})
    assert again.status_code == 200
    planned = again.content.decode().split('name="planned" value="')[1].split('"')[0]
    assert staff.post(url, values | {"planned": planned}).status_code == 302
    attribute = CategoryAttribute.objects.get(pk=the(category))
    assert attribute.choices == ["USB 3.0", "有线", "蓝牙", "网口"]
    assert spec_of(good)["link"] == "USB 3.0"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": ""}, "label"),
        ({"type": "choice", "value_0": "", "value_1": "", "value_2": ""}, "new_values"),
        ({"order": "-1"}, "order"),
        ({"new_values": "x" * 101}, "new_values"),
        ({"type": "colour"}, "type"),
    ],
)
def test_an_attribute_that_makes_no_sense_is_refused(
    staff: Client, changes: dict[str, str], field: str
) -> None:
    category = a_category_of_printers()
    answer = staff.post(f"/admin/catalog/category/{category.pk}/attributes/{the(category)}/", form(**changes))
    assert answer.status_code == 400
    assert f'href="#id_{field}"' in answer.content.decode()


def test_a_key_stands_once_in_a_category_and_only_staff_write(staff: Client, actor: Actor) -> None:
    category = a_category_of_printers()
    url = f"/admin/catalog/category/{category.pk}/attributes/add/"
    assert staff.get(url).status_code == 200
    values = {"label": "纸", "key": "link", "type": "text", "order": "5"}
    assert "id_key" in staff.post(url, values).content.decode()
    assert staff.post(url, values | {"key": "Größe"}).status_code == 400
    assert staff.post(url, values | {"key": "paper"}).status_code == 302
    assert CategoryAttribute.objects.filter(category=category, key="paper").exists()
    assert a_client_of(a_supplier_actor()).get(url).status_code == 403
    with pytest.raises(NotAllowed):
        change_schema(actor=a_supplier_actor(), category_id=category.pk, wanted=link())
    with pytest.raises(GoodRefused):
        change_schema(actor=actor, category_id=category.pk, wanted=link(choices=()))


def test_schemas_from_files_are_followed_too() -> None:
    call_command("load_categories", verbosity=0)
    assert OutboxMessage.objects.filter(task="catalog.tasks.follow_schemas").count() == 1
    from catalog.tasks import follow_schemas

    leaf = Category.objects.get(code="A02010104")
    good = a_good("服务器", category=leaf, spec={"cpu": "2×Gold 5418", "memory": "很大"})
    follow_schemas()
    assert {"memory", "disk"} <= set(GoodFault.objects.filter(good=good).values_list("key", flat=True))


def test_a_name_stands_once_in_a_category(actor: Actor) -> None:
    category = a_category()
    change_schema(actor=actor, category_id=category.pk, wanted=Wanted("cut", "形状"))
    with pytest.raises(GoodRefused):
        change_schema(actor=actor, category_id=category.pk, wanted=Wanted("form", "形状"))
    kept = category.attributes.get(key="cut")
    change = change_schema(
        actor=actor, category_id=category.pk, wanted=Wanted("cut", "形状", unit="毫米"), attribute_id=kept.pk
    )
    with override("en"):
        assert change.told == "形状: changed"
