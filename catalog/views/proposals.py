"""Suppliers propose standard goods that the catalog does not have, and see while typing whether it has them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import acting
from accounts.roles import SUPPLIER_ROLES
from catalog.category_search import find_categories, guess_categories, leaf
from catalog.duplicates.candidates import Likely, likely_same
from catalog.duplicates.told import told
from catalog.forms.listings import leaf_choices
from catalog.forms.proposals import UNITS, ProposalForm
from catalog.good_history import shown
from catalog.models import GoodProposal, Listing, ProposalState
from catalog.pictures import LIMIT
from catalog.services.propose_good import EDITABLE, save_proposal, withdraw_proposal
from catalog.tree import Node, category_tree
from zcy.access import roles
from zcy.errors import DomainError
from zcy.paging import KeysetPage
from zcy.uploads import takes_file

LARGEST: Final = 2**63 - 1
# Below the threshold of a duplicate, but worth a look while typing.
WORTH_A_LOOK: Final = 0.25
# What a link may fill in of a new proposal, and its greatest length.
KNOWN: Final = {"brand_name": 80, "model": 120, "name": 300, "gtin": 20}
TONES: Final = {
    ProposalState.PROPOSED: "watch",
    ProposalState.APPROVED: "good",
    ProposalState.CORRECTED: "good",
    ProposalState.SAME: "good",
    ProposalState.REJECTED: "serious",
}


@roles(*SUPPLIER_ROLES)
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """One's own proposals and what became of them."""
    rows = GoodProposal.objects.visible_to(acting(request)).select_related("category", "good")
    state = request.GET.get("state", "")
    if state in ProposalState.values:
        rows = rows.filter(state=state)
    page = KeysetPage.of(rows.defer("description", "good__search"), request.GET, order=["-id"])
    context = {
        "page": page,
        "rows": [
            {
                "proposal": row,
                "state": row.get_state_display(),
                "tone": TONES.get(ProposalState(row.state), "idle"),
            }
            for row in page.rows
        ],
        "state": state,
        "states": ProposalState.choices,
    }
    return render(request, "catalog/supplier/proposals.html", context)


@roles(*SUPPLIER_ROLES)
@takes_file(LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """First the category, guessed from the name or looked for by its own, then the form that its attributes make."""
    node = leaf(request.GET.get("category", ""))
    if node is None:
        q = request.GET.get("q", "").replace("\x00", "")[:100]
        context = {"q": q, "wrong": bool(request.GET.get("category")), "choices": leaf_choices()}
        context |= _guessed(request) | {"found": find_categories(q)}
        return render(
            request,
            "catalog/supplier/propose_category.html",
            context,
            status=400 if context["wrong"] else 200,
        )
    return _form_page(request, node, None, ProposalForm(category=node, initial=_known(request)))


def _guessed(request: HttpRequest) -> dict[str, Any]:
    """What is known of the good, and the categories in which it most probably stands."""
    known = _known(request)
    said = " ".join(known[name] for name in ("name", "brand_name", "model") if name in known)
    return {
        "known": known,
        "and_known": f"&{urlencode(known)}" if known else "",
        "said": said,
        "guesses": guess_categories(said) if said else [],
    }


@roles(*SUPPLIER_ROLES)
@require_safe
def guess(request: HttpRequest) -> HttpResponse:
    """The likeliest categories of what is just being typed: a piece of the page, fetched while typing."""
    return render(request, "catalog/supplier/_guesses.html", _guessed(request))


def _known(request: HttpRequest) -> dict[str, str]:
    """What the address says of the good already: from a search without a hit, or a row of a file."""
    said = {
        name: request.GET.get(name, "").replace("\x00", "").strip()[:most] for name, most in KNOWN.items()
    }
    return {name: text for name, text in said.items() if text}


@roles(*SUPPLIER_ROLES)
@takes_file(LIMIT)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal: what was decided, with the corrections; a draft, or one that was sent back, is edited here."""
    rows = GoodProposal.objects.visible_to(acting(request)).select_related("category", "good", "supplier")
    found = get_object_or_404(rows, pk=min(proposal_id, LARGEST))
    node = category_tree().by_id[found.category_id]
    if found.state in EDITABLE:
        return _form_page(request, node, found, ProposalForm(category=node, proposal=found))
    own = None
    if found.good_id:
        own = Listing.objects.visible_to(acting(request)).filter(good_id=found.good_id).not_ended().first()
    context = {
        "proposal": found,
        "category": node,
        "state": found.get_state_display(),
        "tone": TONES.get(ProposalState(found.state), "idle"),
        "corrections": _corrected(found, node),
        "own": own,
        "rows": _rows(found, node),
    }
    if request.method == "POST":
        messages.error(request, _("This proposal is handed in already: wait for the decision."))
    return render(
        request, "catalog/supplier/proposal.html", context, status=409 if request.method == "POST" else 200
    )


def _form_page(
    request: HttpRequest, node: Node, found: GoodProposal | None, form: ProposalForm
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 400
        form = ProposalForm(request.POST, request.FILES, category=node, proposal=found)
        if form.is_valid():
            try:
                saved = save_proposal(
                    actor=acting(request),
                    values=form.values(),
                    proposal_id=found.pk if found else None,
                    version=form.cleaned_data["version"] if found else None,
                    hand_in="submit" in request.POST,
                )
            except DomainError as error:
                error.add_to(form)
                status = error.status
            else:
                if "submit" in request.POST:
                    messages.success(
                        request, _("Proposed. You are told as soon as the operator has decided.")
                    )
                    return redirect("catalog:supplier_proposals")
                messages.success(request, _("Saved as a draft."))
                return redirect("catalog:supplier_proposal", saved.pk)
    context = {
        "form": form, "category": node, "proposal": found, "units": UNITS, "similar_url": _similar_url(node),
    }  # fmt: skip
    if form.is_bound or found or KNOWN.keys() & form.initial.keys():
        bound = form if form.is_bound else ProposalForm(_as_data(form), category=node)
        context |= {"similar": _similar(request, bound, node)}
    return render(request, "catalog/supplier/propose.html", context, status=status)


def _as_data(form: ProposalForm) -> dict[str, Any]:
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def _similar_url(node: Node) -> str:
    return f"{reverse('catalog:supplier_similar')}?category={node.code}"


@roles(*SUPPLIER_ROLES)
@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Goods that are probably what is just being typed: a piece of the form, fetched while typing."""
    node = leaf(request.GET.get("category", ""))
    if node is None:
        return HttpResponse(status=204)
    form = ProposalForm(request.GET, category=node)
    return render(request, "catalog/supplier/_similar.html", {"similar": _similar(request, form, node)})


def _similar(request: HttpRequest, form: ProposalForm, node: Node) -> list[dict[str, Any]]:
    said = form.described()
    if len(said.name) + len(said.model) < 2 and not said.gtin:
        return []
    found = likely_same(said, category_id=node.id, least=WORTH_A_LOOK)
    listings = (
        Listing.objects.visible_to(acting(request)).not_ended().filter(good_id__in=[one.id for one in found])
    )
    own = dict(listings.values_list("good_id", "pk")) if found else {}
    return [_shown(one, own.get(one.id)) for one in found]


def _shown(one: Likely, listing: int | None) -> dict[str, Any]:
    reasons = [reason.as_json() for reason in one.verdict.reasons if reason.weight > 0]
    return {
        "id": one.id,
        "name": one.name,
        "sure": one.verdict.same,
        "reasons": [text for text, _for in told(reasons)][:4],
        "listing": listing,
    }


def _corrected(found: GoodProposal, node: Node) -> list[tuple[str, str, str]]:
    from catalog.attributes import attributes_of

    names = {f"spec.{attribute.key}": attribute.label for attribute in attributes_of(node)}
    words = {"brand_name": str(_("brand"))}
    rows = shown(found.corrections)
    return [
        (names.get(name) or words.get(name) or row[0], row[1], row[2])
        for name, row in zip(found.corrections, rows, strict=True)
    ]


def _rows(found: GoodProposal, node: Node) -> list[tuple[str, str]]:
    from catalog.attributes import attributes_of, labelled
    from catalog.gtin import show_gtin

    plain = [
        (_("Brand"), found.brand_name), (_("Model"), found.model), (_("Unit"), found.unit),
        (_("Units per pack"), "" if found.pack_size is None else f"{found.pack_size.normalize():f}"),
        (_("GTIN"), show_gtin(found.gtin)), (_("Maker"), found.maker), (_("Country of origin"), found.origin),
    ]  # fmt: skip
    return [(label, value) for label, value in plain if value] + labelled(found.spec, attributes_of(node))


@roles(*SUPPLIER_ROLES)
@require_POST
def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Take back what is not decided yet."""
    withdraw_proposal(actor=acting(request), proposal_id=min(proposal_id, LARGEST))
    messages.success(request, _("Taken back."))
    return redirect("catalog:supplier_proposals")
