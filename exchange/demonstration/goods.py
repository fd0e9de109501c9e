"""Work about standard goods for the demonstration: proposals, probable duplicates, flagged goods, a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from accounts.actor import Actor
from catalog import services
from catalog.good_history import snapshot
from catalog.models import Category, CategoryAttribute, Good, GoodLabel, GoodProposal
from catalog.models.good_details import ChangeKind
from catalog.services.change_schema import Wanted
from zcy import clock

# A leaf of the demonstration, and what it does not ask for yet.
SHREDDERS: Final = "A02021301"
LEVEL: Final = Wanted(
    key="cut",
    label="碎纸形状",
    label_en="Cut",
    type="choice",
    choices=("条状", "段状", "粒状"),
    required=True,
    filterable=True,
    order=90,
)


def make_goods_work(people: Mapping[str, Actor]) -> None:
    """Make what is not there yet."""
    services.refresh_key_hashes()
    _proposals(people)
    _duplicates(people)
    _flagged(people["catalog"])
    _certificate(people["catalog"])


def _popular(number: int) -> list[Good]:
    rows = Good.objects.searchable().exclude(model="").exclude(brand=None).select_related("brand", "category")
    return list(rows.defer("search", "pinyin").order_by("-offers", "pk")[:number])


def _values(good: Good, **changes: Any) -> dict[str, Any]:
    return {
        "category_id": good.category_id,
        "brand_name": good.brand.name if good.brand else "",
        "model": good.model,
        "name": good.name,
        "spec": good.spec,
        "unit": good.unit,
        "pack_size": good.pack_size,
        "gtin": "",
        "maker": "",
        "origin": "中国",
        "description": "",
    } | changes


def _proposals(people: Mapping[str, Actor]) -> None:
    """One that the catalog has already, one that is new, and one that was sent back."""
    if GoodProposal.objects.exists():
        return
    known, like, other, *_rest = _popular(3)
    brand = known.brand
    latin = brand.latin or brand.name if brand else ""
    name = f"{latin} {known.model} {known.category.name}（现货）"
    services.save_proposal(
        actor=people["supplier"], values=_values(known, brand_name=latin, name=name, spec={}), hand_in=True
    )
    newer = f"{like.model} II"
    services.save_proposal(
        actor=people["supplier2"],
        values=_values(like, model=newer, name=like.name.replace(like.model, newer), gtin="06901234567892"),
        hand_in=True,
    )
    back = services.save_proposal(
        actor=people["supplier"],
        values=_values(other, model="", name=f"{other.category.name} 促销"),
        hand_in=True,
    )
    services.reject_proposal(
        actor=people["catalog"],
        proposal_id=back.pk,
        version=back.version,
        text="请填写品牌和型号；名称中不要写促销信息。",
    )


def _duplicates(people: Mapping[str, Actor]) -> None:
    """Two goods that were taken in twice, under another spelling."""
    if Good.objects.filter(proposed_by_id=people["supplier2"].organisation_id, source="").exists():
        return
    for good in _popular(8)[4:6]:
        brand = good.brand
        latin = brand.latin or brand.name if brand else ""
        name = f"{latin} {good.model.lower()} {good.category.name}"
        proposal = services.save_proposal(
            actor=people["supplier2"], values=_values(good, name=name, model=good.model.lower()), hand_in=True
        )
        services.approve_proposal(
            actor=people["catalog"], proposal_id=proposal.pk, version=proposal.version, values={}
        )
    services.find_pairs()


def _flagged(catalog: Actor) -> None:
    """Shredders have to state their security level from now on; none does yet."""
    category = Category.objects.filter(code=SHREDDERS).first()
    if category and not CategoryAttribute.objects.filter(category=category, key=LEVEL.key).exists():
        services.change_schema(actor=catalog, category_id=category.pk, wanted=LEVEL)


def _certificate(catalog: Actor) -> None:
    """A label with its certificate, which ends within a month."""
    good = next((one for one in _popular(20) if "energy_saving" in one.labels), None)
    if good is None or good.certificates.exists():
        return
    before = snapshot(good.pk)
    GoodLabel.objects.create(
        good=good,
        label="energy_saving",
        certificate="CQC25701000001",
        expires_on=clock.today() + timedelta(days=25),
    )
    services.good_changed(actor=catalog, good_id=good.pk, before=before, kind=ChangeKind.EDITED)
