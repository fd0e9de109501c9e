"""A supplier asks for a brand or category that the catalog lacks; the operator answers within working days."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import settings
from accounts.actor import Actor
from accounts.models import Organisation, SupplierProfile
from accounts.notices import notify
from accounts.roles import SUPPLIER_ROLES, Role
from catalog.admitted import admitted_categories, covers
from catalog.errors import ListingRefused, WrongState
from catalog.models import Brand, CatalogRequest, Category, RequestKind, RequestState
from catalog.models.catalog_requests import LACKING
from catalog.region_settings import CatalogSettings
from catalog.segmentation import normalise
from catalog.tree import category_tree
from zcy import audit, clock, workdays
from zcy.errors import Conflict, Missing, NotAllowed


def answer_days(supplier: Organisation) -> int:
    """Working days in which the operator answers a supplier, as its region says."""
    return settings.get(supplier.region, CatalogSettings).request_days


def due_on(supplier: Organisation) -> date:
    """The last day on which what a supplier asks today is answered."""
    return workdays.add(clock.today(), answer_days(supplier))


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())


def ask_for(*, actor: Actor, kind: str, name: str, why: str) -> CatalogRequest:
    """Ask once; what exists already is named instead, unless it is a category that the supplier was not admitted for.

    Raises:
        NotAllowed: the actor acts for no supplier.
        ListingRefused: nothing said, or it exists already.
        Conflict: the same is being asked for already by this supplier.
    """
    if not actor.has_role(*SUPPLIER_ROLES) or actor.organisation is None:
        raise NotAllowed
    name, why = _plain(name)[:80], why.replace("\x00", " ").strip()[:1000]
    if kind not in LACKING or not name or not why:
        raise ListingRefused(_("Say what is missing and what you would offer under it."), field="name")
    known = (Brand if kind == RequestKind.BRAND else Category).objects.filter(name__iexact=name).first()
    if known is not None and not (kind == RequestKind.CATEGORY and _is_barred(actor.organisation.pk, name)):
        raise ListingRefused(_("“%(name)s” is in the catalog already.") % {"name": known.name}, field="name")
    try:
        with transaction.atomic():
            asked = CatalogRequest.objects.create(
                supplier=actor.organisation,
                asked_by=actor.user,
                kind=kind,
                name=name,
                why=why,
                asked_at=clock.now(),
                due_on=due_on(actor.organisation),
            )
            audit.record(actor=actor, action="catalog_request.asked", subject=asked, data={"name": name})
    except IntegrityError as error:
        if "supplier_asks_once" in str(error):
            raise Conflict(_("You have asked for this already: the answer will come as a notice.")) from error
        raise
    return asked


def _is_barred(supplier_id: int, name: str) -> bool:
    """Whether the supplier was admitted for some categories, but not for every one of this name."""
    codes = admitted_categories([supplier_id]).get(supplier_id)
    named = category_tree().by_name.get(normalise(name), [])
    return codes is not None and not all(covers(codes, node) for node in named)


def _admit(supplier_id: int, category: Category) -> None:
    """A category that was granted is one that the supplier was admitted for; who is bound to none stays free."""
    profile = SupplierProfile.objects.select_for_update().filter(pk=supplier_id).first()
    if profile is None or not profile.categories:
        return
    node = category_tree().by_id.get(category.pk)
    if category.code in profile.categories or (node and covers(profile.categories, node)):
        return
    profile.categories = [*profile.categories, category.code]
    profile.save(update_fields=["categories"])


def answer_request(
    *, actor: Actor, request_id: int, grant: bool, answer: str, category: Category | None = None
) -> CatalogRequest:
    """Grant or decline, and tell the supplier. A granted brand is made; a category is chosen from the tree.

    A supplier that was admitted for certain categories is admitted for the granted one as well.

    Raises:
        NotAllowed: not catalog staff.
        Missing: there is no such request; a certificate is answered by `answer_certificate`.
        WrongState: it has been answered.
        ListingRefused: declined without a word, or a category granted without naming it.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    answer = answer.replace("\x00", " ").strip()[:1000]
    with transaction.atomic():
        asked = (
            CatalogRequest.objects.select_for_update(of=("self",))
            .select_related("supplier")
            .filter(pk=request_id, kind__in=LACKING)
            .first()
        )
        if asked is None:
            raise Missing
        if asked.state != RequestState.WAITING:
            raise WrongState(_("This request has been answered."))
        if not grant and not answer:
            raise ListingRefused(_("Say why: the supplier reads it."), field="answer")
        if grant and asked.kind == RequestKind.CATEGORY and category is None:
            raise ListingRefused(_("Choose the category that answers the request."), field="category")
        if grant and asked.kind == RequestKind.BRAND:
            asked.brand = Brand.objects.filter(name__iexact=asked.name).first() or Brand.objects.create(
                name=asked.name
            )
        elif grant and category is not None:
            asked.category = category
            _admit(asked.supplier_id, category)
        asked.state = RequestState.GRANTED if grant else RequestState.DECLINED
        asked.answer, asked.answered_at, asked.answered_by = answer, clock.now(), actor.user
        asked.save()
        audit.record(
            actor=actor, action=f"catalog_request.{asked.state}", subject=asked, data={"answer": answer}
        )
        notify(
            (asked.supplier, SUPPLIER_ROLES),
            f"catalog_request_{asked.state}",
            data={"name": asked.name},
            url="/supplier/requests/",
            key=f"catalog-request-{asked.pk}",
        )
        return asked
