"""Specifications that do not fit the shop's attributes come in, and the report says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from catalog.models import Category, Good
from catalog.search.lexicon import forget_lexicon
from exchange.market.importing import import_market
from tests.catalog.factories import an_attribute
from tests.exchange.small_market import with_value, write_market

pytestmark = pytest.mark.django_db


def test_what_does_not_fit_the_schema_is_a_notice_not_an_error(tmp_path: Path) -> None:
    forget_lexicon()
    write_market(tmp_path)
    import_market(tmp_path)
    paper = Category.objects.get(code="A05040101")
    an_attribute(paper, "weight", "克重", label_en="Weight", type="number", unit="g")
    an_attribute(paper, "grade", "等级", label_en="Grade", required=True)
    odd = with_value("goods", 1, "spec", '{"size": "A4", "weight": "70 grams"}')
    with override("en"):
        report = import_market(write_market(tmp_path, goods=odd))
    assert not report.error_count
    assert Good.objects.get(external_id="g1").spec["weight"] == "70 grams"
    text = "\n".join(report.notices)
    assert "Weight (weight) is a number." in text
    assert "Grade (grade) is required." in text


def test_an_import_is_seen_in_price_panels_at_once(
    tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    from catalog.pricing.panel import price_panel
    from zcy import clock

    def deals() -> int:
        good = Good.objects.get(external_id="g1")
        return price_panel(
            good_id=good.pk, category_id=good.category_id, spec_hash=good.spec_hash, pack_size=good.pack_size
        ).n

    with django_capture_on_commit_callbacks(execute=True):
        import_market(write_market(tmp_path))
    assert deals() == 0  # its deals are older than 90 days
    recent = with_value("orders", 1, "confirmed_at", clock.now().isoformat(timespec="seconds"))
    with django_capture_on_commit_callbacks(execute=True):
        import_market(write_market(tmp_path, orders=recent))
    assert deals() == 1
