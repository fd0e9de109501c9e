"""Every component with empty, normal and extreme data, and the three bases: /styleguide/."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from zcy import clock
from zcy.access import public
from zcy.drawing import Bin, Mark, PriceBand
from zcy.paging import KeysetPage
from zcy.registries import TodoItem
from zcy.tables import Column

LONG_NAME: Final = "浙江省杭州市余杭区良渚街道第二中心小学教育集团（良渚文化村校区）后勤与资产管理服务中心"
COLOURS: Final = (
    "ink",
    "ink-2",
    "ink-3",
    "paper",
    "paper-2",
    "line",
    "line-strong",
    "accent",
    "accent-ink",
    "accent-soft",
    "seal",
    "good",
    "watch",
    "idle",
    "price-band",
)
FRAMES: Final = {
    "public": "zcy/styleguide/frame_public.html",
    "workspace": "zcy/styleguide/frame_workspace.html",
    "screen": "zcy/styleguide/frame_screen.html",
}


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label=_("Name of the good"), max_length=60, help_text=_("Brand, model, key figure.")
    )
    price = forms.DecimalField(label=_("Unit price (yuan)"), min_value=Decimal("0.01"), decimal_places=2)
    delivery = forms.DateField(
        label=_("Deliver by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=[("台", "台"), ("箱", "箱(5包)")])
    terms = forms.ChoiceField(
        label=_("Warranty"),
        choices=[("1", _("one year")), ("3", _("three years"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    agreed = forms.BooleanField(label=_("The price holds for 30 days"))


def _bands() -> dict[str, PriceBand]:
    counts = (1, 3, 6, 11, 8, 4, 2, 1, 0, 1)
    bins = [
        Bin(low=Decimal(2050 + 60 * step), high=Decimal(2110 + 60 * step), count=count)
        for step, count in enumerate(counts)
    ]
    usual = PriceBand(
        low=Decimal(2150),
        median=Decimal(2299),
        high=Decimal(2480),
        n=37,
        days=90,
        confidence=_("high"),
        unit="台",
        marks=[Mark(Decimal("2188.00"), _("Lowest offer"))],
    )
    return {
        "usual": usual,
        "histogram": PriceBand(
            low=usual.low,
            median=usual.median,
            high=usual.high,
            n=37,
            days=90,
            confidence=_("high"),
            unit="台",
            marks=[
                Mark(Decimal("2188.00"), _("Lowest offer")),
                Mark(Decimal("2560.00"), _("Your price"), "own"),
            ],
            bins=bins,
        ),
        "few": PriceBand(n=2),
        "extreme": PriceBand(
            low=Decimal("0.35"),
            median=Decimal("0.35"),
            high=Decimal("0.35"),
            n=12043,
            days=365,
            marks=[
                Mark(Decimal("999999999.99"), _("Your price"), "own"),
                Mark(Decimal("0.35"), LONG_NAME),
                Mark(Decimal("0.36"), _("Lowest offer")),
            ],
        ),
    }


def _rows() -> list[SimpleNamespace]:
    now = clock.now()
    samples = [
        (
            "ZJ20260000123456",
            "得力 DL-888 碎纸机",
            Decimal(3),
            "台",
            Decimal("6597.00"),
            "good",
            _("paid"),
            5,
        ),
        (
            "ZJ20260000123457",
            "联想 ThinkCentre M760q 台式计算机",
            Decimal(120),
            "台",
            Decimal("515880.00"),
            "watch",
            _("awaiting approval"),
            1,
        ),
        ("ZJ20260000123458", LONG_NAME, Decimal("0.125"), "kg", Decimal("0.01"), "serious", _("overdue"), -2),
        (
            "ZJ20260000123459",
            "A4 复印纸 70g",
            Decimal(99999),
            "箱(5包)",
            Decimal("99999999999.99"),
            "idle",
            _("cancelled"),
            40,
        ),
    ]
    names = ("number", "good", "quantity", "unit", "total", "tone", "state")
    return [
        SimpleNamespace(**dict(zip(names, values, strict=False)), due=now + timedelta(days=values[-1]))
        for values in samples
    ]


def _context(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    refused = SampleForm(
        {"name": "", "price": "-3", "unit": "盒", "note": "“保留”所写的内容 <b>", "terms": "1"}
    )
    refused.is_valid()
    return {
        "colours": COLOURS,
        "long_name": LONG_NAME,
        "now": now,
        "form": SampleForm(),
        "refused": refused,
        "bands": _bands(),
        "rows": _rows(),
        "columns": [
            Column(_("Number"), sort="number", fixed=True),
            Column(_("Good"), sort="good"),
            Column(_("Quantity"), numeric=True),
            Column(_("Total"), sort="total", numeric=True),
            Column(_("State"), sort="state"),
            Column(_("Deadline"), sort="due", hint=_("When the next step is due")),
        ],
        "page": KeysetPage[Any](
            rows=list(range(4)), size=20, next_cursor="next", previous_cursor="previous", params=request.GET
        ),
        "todo": [
            TodoItem(
                _("orders await your approval"),
                3,
                "#",
                _("Approve"),
                now - timedelta(days=2),
                now + timedelta(days=1),
            ),
            TodoItem(_("deliveries to accept"), 12, "#", _("Accept"), None, now + timedelta(days=6), "idle"),
            TodoItem(
                LONG_NAME,
                10482,
                "#",
                _("Look"),
                now - timedelta(days=400),
                now - timedelta(days=3),
                "serious",
            ),
        ],
        "events": [
            SimpleNamespace(
                title=_("Submitted for approval"),
                at=now - timedelta(days=3),
                who="陈晓燕",
                tone="info",
                text="",
            ),
            SimpleNamespace(
                title=_("Sent back"), at=now - timedelta(days=2), who="王建国", tone="watch", text=LONG_NAME
            ),
            SimpleNamespace(
                title=_("Approved"), at=now - timedelta(hours=5), who="王建国", tone="good", text=""
            ),
        ],
        "steps": [
            SimpleNamespace(label=_("submitted"), state="done", at=now - timedelta(days=3)),
            SimpleNamespace(label=_("approved"), state="done", at=now - timedelta(days=2)),
            SimpleNamespace(label=_("confirmed"), state="current", at=None),
            SimpleNamespace(label=_("shipped"), state="todo", at=None),
            SimpleNamespace(label=_("accepted"), state="todo", at=None),
            SimpleNamespace(label=_("paid"), state="todo", at=None),
        ],
        "stopped": [
            SimpleNamespace(label=_("submitted"), state="done", at=now - timedelta(days=3)),
            SimpleNamespace(label=_("refused"), state="stopped", at=now - timedelta(days=2)),
        ],
        "due": now + timedelta(days=2),
        "contributions": [
            SimpleNamespace(
                label=_("Deliveries on time"), value=Decimal("12.40"), text=_("31 of 33 on time")
            ),
            SimpleNamespace(label=_("Accepted at first"), value=Decimal("3.05"), text=""),
            SimpleNamespace(label=_("Evaluations"), value=Decimal("-6.75"), text=LONG_NAME),
            SimpleNamespace(label=_("Appeals"), value=Decimal(0), text=""),
        ],
        "chart": {
            "kind": "line",
            "unit": "¥",
            "categories": ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"],
            "series": [
                {"name": "中位价", "values": [2310, 2305, 2299, 2280, 2288]},
                {"name": "最低价", "values": [2199, 2188, 2190, 2150, 2188]},
            ],
        },
    }


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    return render(request, "zcy/styleguide/index.html", _context(request))


@public
def frame(request: HttpRequest, frame: str) -> HttpResponse:
    """One of the bases with content in it."""
    if frame not in FRAMES:
        raise Http404
    return render(request, FRAMES[frame], _context(request))
