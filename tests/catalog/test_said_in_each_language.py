"""What the platform has said and kept is read by everybody in their own language; what people typed stays."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext_noop, override

from catalog import services
from catalog.models import CheckVerdict, GoodChange, ReviewDecision
from catalog.models.good_details import ChangeKind
from catalog.search.filters import read_filters
from catalog.services.change_schema import Wanted, change_schema
from catalog.services.merge_goods import merge_goods, undo_merge
from tests.catalog.checking import a_known_range, typed
from tests.catalog.factories import (
    a_catalog_actor,
    a_category,
    a_good,
    a_listing_on_sale,
    a_staff_client,
    a_supplier_actor,
    an_attribute,
)
from zcy.said import Said, joined, said, stored, told

pytestmark = pytest.mark.django_db
NO_PRICE = gettext_noop("no price yet")


def test_a_sentence_is_read_in_the_language_of_its_reader() -> None:
    with override("zh-hans"):
        sentence = said(gettext_noop("%(days)s days"), days=3)
        assert "3" in sentence
        assert "days" not in sentence
    with override("en"):
        assert told(sentence.stored) == "3 days"
        assert told(joined("；", (sentence, "typed")).stored) == "3 days；typed"
        assert (
            copy.deepcopy(sentence).stored == pickle.loads(pickle.dumps(sentence)).stored == sentence.stored
        )
        nested = said(gettext_noop("other brands: %(names)s"), names=sentence)
        assert told(nested.stored) == "other brands: 3 days"


def test_what_a_person_typed_is_never_taken_for_a_sentence() -> None:
    for text in ("100%", "%(days)s", '["no price yet", {}]', '\x1e["no price yet", {}]\x1f', "\x1eabc\x1f"):
        with override("zh-hans"):
            assert told(stored(text)) == stored(text)
            assert "\x1e" not in stored(text)
            assert "\x1e" not in said(gettext_noop("other brands: %(names)s"), names=text)


def test_a_text_that_is_too_long_is_kept_as_it_reads_now() -> None:
    with override("en"):
        sentence = said(gettext_noop("other brands: %(names)s"), names="甲" * 400)
    assert stored(sentence, 300) == str(sentence)[:300]


def test_what_a_check_saw_is_read_in_either_language() -> None:
    good = a_good()
    a_known_range(good, "90", "110")
    with override("zh-hans"):
        listing = services.create_listing(
            actor=a_supplier_actor(), good=good, values=typed(price=Decimal(100), note="100%")
        )
        services.submit_listing_for_review(actor=a_supplier_actor(listing.supplier), listing_id=listing.pk)
    saw = {}
    for language in ("zh-hans", "en"):
        with override(language):
            saw[language] = CheckVerdict.objects.get(listing=listing, check_code="price_range").saw
    assert "range" in saw["en"]
    assert saw["en"] != saw["zh-hans"]


def test_the_checks_words_of_a_decision_and_the_undoing_of_a_merge_follow_the_reader() -> None:
    listing = a_listing_on_sale()
    actor = a_catalog_actor()
    with override("zh-hans"):
        text = joined("；", (said(NO_PRICE), said(gettext_noop("suspended"))))
        ReviewDecision.objects.create(listing=listing, approved=True, text=text, listing_version=1)
        merged = a_good("乙", model="B", category=listing.good.category)
        merge = merge_goods(actor=actor, survivor_id=listing.good_id, merged_id=merged.pk, reason="同一商品")
        undo_merge(actor=actor, merge_id=merge.pk)
    with override("en"):
        assert ReviewDecision.objects.get().text == "no price yet；suspended"
        undone = GoodChange.objects.filter(kind=ChangeKind.UNMERGED).first()
        assert undone
        assert undone.note.startswith("The merge of ")
        assert GoodChange.objects.filter(kind=ChangeKind.MERGED).get().note == "同一商品"
        undone_text: Any = ReviewDecision.objects.values_list("text", flat=True).get()
        assert isinstance(undone_text, Said)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM catalog_reviewdecision")
        assert cursor.fetchone()[0] == text.stored


def test_the_history_of_a_good_tells_of_a_changed_attribute_in_the_readers_language(settings: Any) -> None:
    category = a_category()
    attribute = an_attribute(category, "memory", "内存")
    good = a_good(category=category, spec={"memory": "8"})
    wanted = Wanted(key="memory", label="内存", type="number")
    change_schema(actor=a_catalog_actor(), category_id=category.pk, wanted=wanted, attribute_id=attribute.pk)
    page = a_staff_client(settings).get(f"/admin/catalog/good/{good.pk}/changes/").content.decode()
    assert "内存: " in page
    assert "内存: changed" not in page


@pytest.mark.parametrize(
    ("name", "label"),
    [("size_of", "Size of the supplier"), ("label", "Policy label"), ("grade", "Credit grade"), ("sort", "Sort"),
     ("size", "Rows per page")],
)  # fmt: skip
def test_a_filter_that_cannot_be_meant_is_named_as_on_the_page(name: str, label: str) -> None:
    with override("en"):
        assert read_filters(QueryDict(f"{name}=x")).errors == (f"“x” is no choice for {label}.",)
    with override("zh-hans"):
        assert name not in read_filters(QueryDict(f"{name}=x")).errors[0]
