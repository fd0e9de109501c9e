"""Listings in review: what is offered, at which price in the range, and the decision with its reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Role
from catalog import review_reasons, services
from catalog.admin.listing_acts import act, acts_context
from catalog.admin.listing_range import range_context
from catalog.attributes import attributes_of, labelled
from catalog.differences import differences
from catalog.errors import ListingChanged
from catalog.models import CheckVerdict, Listing, Review, ReviewDecision
from catalog.pricing.panel import price_band, price_panel
from catalog.services.snapshot import snapshot
from catalog.staff import SEES
from catalog.tree import category_tree
from zcy import clock
from zcy.admin_site import LeadsElsewhere, ReadOnlyAdmin
from zcy.drawing import Mark
from zcy.errors import DomainError
from zcy.formats import money


class DecisionForm(forms.Form):
    """Approve, or reject with published reasons."""

    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Reasons"),
        choices=review_reasons.CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label=gettext_lazy("What to mend, for the supplier"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        """A rejection needs a reason."""
        data = super().clean() or {}
        if "reject" in self.data and not data.get("reasons") and "reasons" not in self.errors:
            self.add_error("reasons", _("Choose at least one published reason."))
        return data


class SeenForm(ActionForm):
    """An action on many rows knows when they were shown: what was changed since is not decided unseen."""

    seen_at = forms.DateTimeField(
        label="", widget=forms.HiddenInput, required=False, initial=lambda: clock.now().isoformat()
    )


@admin.register(Listing)
class ListingAdmin(LeadsElsewhere, ReadOnlyAdmin[Listing]):
    """All listings; those in review open the page of the decision."""

    looked_at = "admin:catalog_listing_review"

    view_roles = SEES["listing"]
    decide_roles = frozenset([Role.CATALOG])
    list_display = ("good", "supplier", "yuan", "doubts", "sale", "review", "submitted_at", "review_link")
    list_filter = ("review", "sale")
    list_select_related = ("good", "supplier")
    search_fields = ("good__name", "supplier__name")
    ordering = ("submitted_at", "id")
    actions = ("approve", "reject")
    action_form = SeenForm

    @admin.display(description=gettext_lazy("price"), ordering="price")
    def yuan(self, listing: Listing) -> str:
        return money(listing.price)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        """With the reasons of the doubts that the checks last had."""
        verdicts = CheckVerdict.objects.filter(listing=OuterRef("pk"))
        newest = verdicts.order_by("-listing_version").values("listing_version")[:1]
        troubles = CheckVerdict.objects.filter(
            listing=OuterRef("pk"),
            listing_version=OuterRef("checked_version"),
            finding__in=["doubt", "block"],
        )
        rows = super().get_queryset(request).annotate(checked_version=Subquery(newest))
        return rows.annotate(doubted=ArraySubquery(troubles.order_by("pk").values("reason")))

    @admin.display(description=gettext_lazy("doubts"))
    def doubts(self, listing: Listing) -> str:
        found = review_reasons.reasons_of(listing.doubted)  # type: ignore[attr-defined]
        return "、".join(str(reason.title) for reason in found) or "–"

    @admin.display(description=gettext_lazy("decision"))
    def review_link(self, listing: Listing) -> SafeString | str:
        if listing.review != Review.PENDING:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:catalog_listing_review", args=[listing.pk]), _("Review")
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the actor decides about listings."""
        return self._holds(request, self.decide_roles)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.review_view)
        return [
            path("<int:listing_id>/review/", view, name="catalog_listing_review"),
            path("<int:listing_id>/act/", self.admin_site.admin_view(act), name="catalog_listing_act"),
            *super().get_urls(),
        ]

    @admin.action(description=gettext_lazy("Approve the chosen listings"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Listing]) -> None:
        """Approve what is in review among the chosen; the rest is named."""
        self._decide_all(request, queryset, approve=True)

    @admin.action(description=gettext_lazy("Reject the chosen listings with reasons"), permissions=["decide"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Listing]) -> HttpResponse | None:
        """Ask for the reasons, then reject."""
        form = DecisionForm(request.POST if "decided" in request.POST else None)
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            self._decide_all(request, queryset, approve=False, reasons=data["reasons"], text=data["text"])
            return None
        context = self._page(request, _("Reject the chosen listings with reasons")) | {
            "form": form,
            "listings": queryset.select_related("good", "supplier"),
            "seen_at": request.POST.get("seen_at", ""),
        }
        return TemplateResponse(
            request, "admin/catalog/listing/reject.html", context, status=400 if form.errors else 200
        )

    def _decide_all(
        self, request: HttpRequest, queryset: QuerySet[Listing], *, approve: bool, **values: Any
    ) -> None:
        done = 0
        seen_at = self._seen_at(request)
        rows = queryset.order_by("pk").values_list("pk", "version", "changed_at")
        for pk, version, changed_at in rows:
            try:
                if seen_at is None or changed_at > seen_at:
                    raise ListingChanged(_("It was changed since you opened the list: look at it again."))
                services.decide_review(
                    actor=self._actor(request), listing_id=pk, approve=approve, version=version, **values
                )
                done += 1
            except DomainError as error:
                messages.error(request, f"{pk}: {error}")
        if done:
            text = ngettext("%(n)d listing decided.", "%(n)d listings decided.", done)
            messages.success(request, text % {"n": done})

    def _seen_at(self, request: HttpRequest) -> datetime | None:
        try:
            moment = datetime.fromisoformat(request.POST.get("seen_at", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    def review_view(self, request: HttpRequest, listing_id: int) -> HttpResponse:
        """One listing with everything that the decision needs; only catalog staff decide."""
        if not self.has_view_permission(request):
            raise Http404
        if request.method == "POST" and not self.has_decide_permission(request):
            raise PermissionDenied(_("Only catalog staff decide about listings."))
        rows = Listing.objects.select_related("good__category", "good__brand", "supplier__region")
        listing = get_object_or_404(rows, pk=min(listing_id, 2**63 - 1))
        form = DecisionForm(request.POST or None, initial={"version": listing.version})
        status = 200
        if request.method == "POST":
            status = 400
            if form.is_valid():
                try:
                    self._decide(request, listing, form)
                except DomainError as error:
                    error.add_to(form)
                    status = error.status
                else:
                    return redirect(self._next(listing))
        context = self._page(request, listing.good.name) | self._evidence(listing)
        context |= {"form": form, "may_decide": self.has_decide_permission(request)}
        context |= acts_context(self._actor(request), listing)
        return TemplateResponse(request, "admin/catalog/listing/review.html", context, status=status)

    def _decide(self, request: HttpRequest, listing: Listing, form: DecisionForm) -> None:
        approve = "approve" in request.POST
        data = form.cleaned_data
        services.decide_review(
            actor=self._actor(request),
            listing_id=listing.pk,
            approve=approve,
            reasons=data["reasons"],
            text=data["text"],
            version=data["version"],
        )
        messages.success(request, _("Approved.") if approve else _("Rejected: the supplier has been told."))

    def _next(self, listing: Listing) -> str:
        """The next listing that waits, else the list."""
        waiting = Listing.objects.filter(review=Review.PENDING).exclude(pk=listing.pk)
        following = waiting.order_by("submitted_at", "id").values_list("pk", flat=True).first()
        if following:
            return reverse("admin:catalog_listing_review", args=[following])
        return reverse("admin:catalog_listing_changelist")

    def _evidence(self, listing: Listing) -> dict[str, Any]:
        good = listing.good
        panel = price_panel(
            good_id=good.pk, category_id=good.category_id, spec_hash=good.spec_hash, pack_size=good.pack_size
        )
        told = range_context(listing)
        mark = Mark(listing.price, _("this listing"), "own", place=told["place"])
        category = category_tree().by_id.get(good.category_id)
        approved = listing.decisions.filter(approved=True).exclude(values={}).first()
        return told | {
            "listing": listing,
            "specs": labelled(good.spec, attributes_of(category)),
            "band": price_band(panel, unit=good.unit, marks=[mark], evidence=True),
            "areas": listing.delivery_areas.all(),
            "approved": approved,
            "changed": differences(approved.values, snapshot(listing)) if approved else [],
            "decisions": [
                (decision, review_reasons.reasons_of(decision.reasons))
                for decision in listing.decisions.select_related("decided_by")
            ],
            "changes": listing.price_changes.order_by("-at")[:10],
            "waiting": Listing.objects.filter(review=Review.PENDING).count(),
            "pending": listing.review == Review.PENDING,
        }

    def _page(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}

    def _actor(self, request: HttpRequest) -> Any:
        return request.actor  # type: ignore[attr-defined]


@admin.register(ReviewDecision)
class ReviewDecisionAdmin(ReadOnlyAdmin[ReviewDecision]):
    """What was decided, by whom, and why."""

    view_roles = SEES["reviewdecision"]
    list_display = ("at", "good", "supplier", "approved", "reason_words", "decided_by")
    list_filter = ("approved",)
    list_select_related = ("listing__good", "listing__supplier", "decided_by")
    date_hierarchy = "at"

    @admin.display(description=gettext_lazy("standard good"))
    def good(self, decision: ReviewDecision) -> str:
        return decision.listing.good.name

    @admin.display(description=gettext_lazy("supplier"))
    def supplier(self, decision: ReviewDecision) -> str:
        return decision.listing.supplier.name

    @admin.display(description=gettext_lazy("reasons"))
    def reason_words(self, decision: ReviewDecision) -> str:
        return "、".join(str(reason.title) for reason in review_reasons.reasons_of(decision.reasons)) or "–"
