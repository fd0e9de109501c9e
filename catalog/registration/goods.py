"""What standard goods add to the frame: menus, work lists, header counts, notices and nightly parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.roles import SUPPLIER_ROLES, Role
from zcy import registries
from zcy.registries import HeaderCount, MenuItem, NightlyPart, TodoItem, TodoProvider

CATALOG: Final = frozenset([Role.CATALOG])
_PROPOSED: Final = "SELECT count(*) FROM catalog_goodproposal WHERE state = 'proposed'"
_PAIRS: Final = "SELECT count(*) FROM catalog_goodpair WHERE state = 'open'"
_FLAGGED: Final = "SELECT count(DISTINCT good_id) FROM catalog_goodfault"
_SENT_BACK: Final = "SELECT count(*) FROM catalog_goodproposal WHERE supplier_id = %s AND state = 'rejected'"


def register() -> None:
    """Called once, when the app is ready."""
    from catalog.notices import goods as notices
    from catalog.services.find_pairs import SHARDS, find_pairs_by_night
    from catalog.services.labels import fade_labels

    notices.register()
    section = _("Catalog")
    for order, (name, label, model, icon, count) in enumerate(
        (
            ("proposals", _("Proposed goods"), "goodproposal", "lightbulb", "proposals_waiting"),
            ("pairs", _("Probable duplicates"), "goodpair", "intersect", "pairs_open"),
            ("flagged_goods", _("Flagged goods"), "goodfault", "flag", "goods_flagged"),
            ("merges", _("Merges"), "goodmerge", "union", ""),
            ("schema_changes", _("Changes of attributes"), "schemachange", "sliders", ""),
        )
    ):
        registries.menu.register(
            MenuItem(
                name=name,
                label=label,
                url_name=f"admin:catalog_{model}_changelist",
                roles=CATALOG,
                section=section,
                order=21 + order,
                icon=icon,
                count=count,
            )
        )
    registries.menu.register(
        MenuItem(
            name="own_proposals",
            label=_("Proposed goods"),
            url_name="catalog:supplier_proposals",
            roles=SUPPLIER_ROLES,
            section=_("Goods"),
            order=25,
            icon="lightbulb",
            count="proposals_sent_back",
        )
    )
    counts = registries.header_counts
    counts.register(HeaderCount("proposals_waiting", CATALOG, lambda actor: (_PROPOSED, [])))
    counts.register(HeaderCount("pairs_open", CATALOG, lambda actor: (_PAIRS, [])))
    counts.register(HeaderCount("goods_flagged", CATALOG, lambda actor: (_FLAGGED, [])))
    counts.register(
        HeaderCount(
            "proposals_sent_back", SUPPLIER_ROLES, lambda actor: (_SENT_BACK, [actor.organisation_id])
        )
    )
    registries.todo.register(TodoProvider("goods_work", CATALOG, _work, order=25))
    registries.todo.register(TodoProvider("proposals_sent_back", SUPPLIER_ROLES, _sent_back, order=45))
    registries.figure_words.update({"compared": _("goods compared")})
    registries.nightly_parts.register(
        NightlyPart(name="good_labels", label=_("Policy labels"), stage=1, run=fade_labels)
    )
    registries.nightly_parts.register(
        NightlyPart("good_pairs", _("Probable duplicates"), stage=1, run=find_pairs_by_night, shards=SHARDS)
    )


def _work(actor: Any) -> Iterable[TodoItem]:
    from django.db.models import Count, Min

    from catalog.models import GoodFault, GoodProposal
    from catalog.services.find_pairs import waiting_pairs

    waiting = GoodProposal.objects.waiting().aggregate(n=Count("id"), since=Min("submitted_at"))
    if waiting["n"]:
        yield TodoItem(
            label=_("Proposed goods"),
            count=waiting["n"],
            url="/admin/catalog/goodproposal/?state__exact=proposed",
            action=_("Decide"),
            since=waiting["since"],
        )
    pairs = waiting_pairs().aggregate(n=Count("id"), since=Min("found_at"))
    if pairs["n"]:
        yield TodoItem(
            label=_("Probable duplicates"),
            count=pairs["n"],
            url="/admin/catalog/goodpair/?state__exact=open",
            action=_("Compare"),
            since=pairs["since"],
        )
    flagged = GoodFault.objects.aggregate(n=Count("good", distinct=True), since=Min("found_at"))
    if flagged["n"]:
        yield TodoItem(
            label=_("Goods that do not fit their category's attributes"),
            count=flagged["n"],
            url="/admin/catalog/goodfault/",
            action=_("Mend"),
            since=flagged["since"],
        )


def _sent_back(actor: Any) -> Iterable[TodoItem]:
    from catalog.models import GoodProposal, ProposalState

    rows = GoodProposal.objects.filter(supplier_id=actor.organisation_id, state=ProposalState.REJECTED)
    if count := rows.count():
        yield TodoItem(
            label=_("Proposed goods to mend"),
            count=count,
            url="/supplier/goods/?state=rejected",
            action=_("Mend"),
        )
