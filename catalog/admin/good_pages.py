"""What the operator does with a standard good on pages of their own: merge, undo, retire, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from catalog.good_history import shown_of
from catalog.models import Good, GoodMerge
from catalog.models.good_details import ChangeKind
from catalog.models.good_work import told_of_schema
from catalog.models.goods import GoodState
from catalog.queries.merge_preview import merge_preview
from catalog.search.find import find_for_supplier
from catalog.services.merge_goods import UNDO_DAYS, may_be_undone, merge_goods, undo_merge
from catalog.services.retire_good import retire_good, revive_good
from zcy.errors import DomainError
from zcy.paging import KeysetPage

if TYPE_CHECKING:
    from catalog.admin.goods import GoodAdmin

LARGEST: Final = 2**63 - 1
MOST_FOUND: Final = 20


class ChosenGood(forms.IntegerField):
    """The number of a standard good."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=1,
            max_value=LARGEST,
            error_messages={"invalid": _("Write the number of a good: it stands in its address.")},
            **options,
        )


class MergeForm(forms.Form):
    """Which of the two stays, in which versions they were looked at, and why."""

    survivor = ChosenGood(widget=forms.HiddenInput)
    merged = ChosenGood(widget=forms.HiddenInput)
    survivor_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    merged_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    reason = forms.CharField(
        label=gettext_lazy("Why they are the same"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RetireForm(forms.Form):
    """What a retired good leads to."""

    successor = ChosenGood(
        label=gettext_lazy("Number of the successor"),
        required=False,
        help_text=gettext_lazy("The good's page leads there, and its suppliers are told. Empty: none."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


def _good(admin: GoodAdmin, request: HttpRequest, good_id: int) -> Good:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    rows = Good.objects.select_related("brand", "category", "merged_into", "successor").defer(
        "search", "pinyin"
    )
    return get_object_or_404(rows, pk=min(good_id, LARGEST))


def _may(admin: GoodAdmin, request: HttpRequest) -> Actor:
    if not admin._holds(request, admin.change_roles):
        raise PermissionDenied(_("Only catalog staff change standard goods."))
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _page(admin: GoodAdmin, request: HttpRequest, good: Good, title: str) -> dict[str, Any]:
    return admin.admin_site.each_context(request) | {"opts": admin.opts, "title": title, "good": good}


def _render(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return TemplateResponse(request, f"admin/catalog/good/{name}.html", context, status=status)


def history_page(admin: GoodAdmin, request: HttpRequest, good_id: int) -> HttpResponse:
    """Every change with its author and what differed, the newest first; and the merges it took part in."""
    good = _good(admin, request, good_id)
    page = KeysetPage.of(good.history.all(), request.GET, order=["-id"])
    entries = [
        {
            "title": change.get_kind_display(),
            "at": change.at,
            "who": change.author_name or _("The platform"),
            "version": change.version,
            "note": told_of_schema(change.note) if change.kind == ChangeKind.SCHEMA else change.note,
            "rows": shown_of(good, change.changes),
        }
        for change in page.rows
    ]
    context = _page(admin, request, good, _("History of “%(name)s”") % {"name": good.name})
    return _render(request, "changes", context | {"page": page, "entries": entries})


def merge_view(admin: GoodAdmin, request: HttpRequest, good_id: int) -> HttpResponse:
    """Choose the other good, see what would happen, and merge."""
    good = _good(admin, request, good_id)
    actor = _may(admin, request)
    if request.method == "POST":
        return _merge(admin, request, good, actor)
    q = request.GET.get("q", "").replace("\x00", "")[:100]
    chosen = request.GET.get("other", "").strip()
    context = _page(admin, request, good, _("Merge “%(name)s” with another good") % {"name": good.name})
    context |= {"q": q, "undo_days": UNDO_DAYS}
    if chosen:
        other = _other(good, chosen)
        if isinstance(other, str):
            return _render(request, "merge", context | {"trouble": other, "found": _found(good, q)}, 400)
        return _render(request, "merge", context | _ahead(good, other, turned="turned" in request.GET))
    return _render(request, "merge", context | {"found": _found(good, q or good.model or good.name)})


def _other(good: Good, chosen: str) -> Good | str:
    if not (chosen.isascii() and chosen.isdigit()) or int(chosen[:19]) > LARGEST:
        return _("Write the number of a good: it stands in its address.")
    if int(chosen) == good.pk:
        return _("A good cannot be merged into itself: choose another one.")
    rows = Good.objects.select_related("brand", "category").defer("search", "pinyin")
    return rows.filter(pk=int(chosen)).first() or _("There is no good of the number %(number)s.") % {
        "number": chosen
    }


def _found(good: Good, q: str) -> list[dict[str, Any]]:
    return [row for row in find_for_supplier(q, None, limit=MOST_FOUND + 1) if row["id"] != good.pk]


def _ahead(good: Good, other: Good, *, turned: bool, reason: str = "") -> dict[str, Any]:
    """The preview: by default the good that more offer stays, then the older one."""
    survivor, merged = sorted(
        (good, other), key=lambda one: (one.state != GoodState.ACTIVE, -one.offers, one.pk)
    )
    if turned:
        survivor, merged = merged, survivor
    form = MergeForm(
        initial={
            "survivor": survivor.pk, "merged": merged.pk, "survivor_version": survivor.version,
            "merged_version": merged.version, "reason": reason,
        }
    )  # fmt: skip
    turn = f"?other={other.pk}" + ("" if turned else "&turned=1")
    return {"preview": merge_preview(survivor, merged), "form": form, "turn_url": turn, "other": other}


def _merge(admin: GoodAdmin, request: HttpRequest, good: Good, actor: Actor) -> HttpResponse:
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the two goods anew."))
        return redirect("admin:catalog_good_merge", good.pk)
    data = form.cleaned_data
    try:
        merge_goods(
            actor=actor,
            survivor_id=data["survivor"],
            merged_id=data["merged"],
            reason=data["reason"],
            survivor_version=data["survivor_version"],
            merged_version=data["merged_version"],
        )
    except DomainError as error:
        pair = {one.pk: one for one in Good.objects.filter(pk__in=[data["survivor"], data["merged"]])}
        context = _page(admin, request, good, _("Merge “%(name)s” with another good") % {"name": good.name})
        context |= {"trouble": str(error), "undo_days": UNDO_DAYS, "q": ""}
        if len(pair) == 2:
            first, second = pair[data["survivor"]], pair[data["merged"]]
            other = second if first.pk == good.pk else first
            # In the direction that was chosen, in the versions that stand now.
            ahead = _ahead(good, other, turned=False, reason=data["reason"])
            if ahead["preview"].survivor.pk != data["survivor"]:
                ahead = _ahead(good, other, turned=True, reason=data["reason"])
            context |= ahead
        else:
            context |= {"found": _found(good, good.model or good.name)}
        return _render(request, "merge", context, error.status)
    messages.success(
        request, _("Merged. It can be undone for %(days)s days on the page of merges.") % {"days": UNDO_DAYS}
    )
    return redirect("admin:catalog_goodmerge_changelist")


def undo_view(admin: GoodAdmin, request: HttpRequest, good_id: int) -> HttpResponse:
    """Undo the merge by which this good went into another one."""
    good = _good(admin, request, good_id)
    actor = _may(admin, request)
    merge = GoodMerge.objects.filter(merged=good, undone_at=None).first()
    if request.method == "POST":
        try:
            undo_merge(actor=actor, merge_id=merge.pk if merge else 0)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The merge is undone: both goods stand as before."))
            return redirect("admin:catalog_good_change", good.pk)
    context = _page(admin, request, good, _("Undo the merge of “%(name)s”") % {"name": good.name})
    context |= {
        "merge": merge,
        "possible": merge is not None and may_be_undone(merge),
        "undo_days": UNDO_DAYS,
    }
    if merge is not None:
        counted = {row.reference: len(row.ids) + len(row.set_aside) for row in merge.moved.all()}
        context["rows"] = sum(counted.values())
    return _render(request, "unmerge", context)


def retire_view(admin: GoodAdmin, request: HttpRequest, good_id: int) -> HttpResponse:
    """Retire a good with its successor, or take it up again."""
    good = _good(admin, request, good_id)
    actor = _may(admin, request)
    form = RetireForm(request.POST or None, initial={"version": good.version, "successor": good.successor_id})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                if "revive" in request.POST:
                    revive_good(actor=actor, good_id=good.pk, version=data["version"])
                else:
                    retire_good(
                        actor=actor, good_id=good.pk, version=data["version"], successor_id=data["successor"],
                        reason=data["reason"],
                    )  # fmt: skip
            except DomainError as error:
                error.add_to(form)
                status = error.status
                typed = request.POST.copy()
                good.refresh_from_db()
                typed["version"] = str(good.version)
                form.data = typed
            else:
                messages.success(request, _("Saved."))
                return redirect("admin:catalog_good_change", good.pk)
    context = _page(admin, request, good, _("Retire “%(name)s”") % {"name": good.name})
    context |= {
        "form": form,
        "retired": good.state == GoodState.RETIRED,
        "merged": good.state == GoodState.MERGED,
    }
    return _render(request, "retire", context, status)
