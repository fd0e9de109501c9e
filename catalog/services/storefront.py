"""A supplier edits its storefront, publishes it, brings a version back; the operator freezes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.roles import SUPPLIER_ROLES, Role
from catalog.errors import StoreRefused, StoreTextRefused
from catalog.models import Listing, StoreFreeze, Storefront, StoreVersion
from catalog.notices.stores import tell_frozen
from catalog.pictures import clean_picture
from catalog.review_reasons import BY_CODE
from catalog.storefront import Content, most_in
from catalog.text_doubts import text_doubts
from zcy import audit
from zcy.errors import Conflict, Missing, NotAllowed


def edit_storefront(
    *,
    actor: Actor,
    revision: int,
    change: Callable[[Content], Content],
    banner: tuple[IO[bytes], int] | None = None,
    without_banner: bool = False,
) -> Storefront:
    """Change the draft on the revision that was looked at; what everyone sees stays until it is published.

    Args:
        actor: who works for the supplier.
        revision: of the draft that was looked at; 0 where there was none.
        change: makes the new content of the present one.
        banner: a new picture with its size in bytes; checked and drawn anew.
        without_banner: take the picture away.

    Raises:
        NotAllowed: the actor acts for no supplier.
        Conflict: somebody else saved in between.
        StoreRefused: the picture cannot be used.
    """
    picture = None
    if banner is not None:
        try:
            picture = clean_picture(*banner)
        except ValidationError as error:
            raise StoreRefused(" ".join(error.messages), field="banner") from error
    with transaction.atomic():
        store = _locked(actor)
        if store.revision != max(revision, 1):
            raise Conflict(_("Somebody else saved the storefront in the meantime. Compare, and save again."))
        content = change(Content.read(store.draft))
        store.draft = content.stored()
        if picture is not None:
            store.banner.save(str(picture.name), picture, save=False)
        elif without_banner:
            store.banner = ""
        store.revision += 1
        store.changed = True
        store.save()
        audit.record(
            actor=actor, action="storefront.edited", subject=store, data={"revision": store.revision}
        )
        return store


def choose_listings(
    *, actor: Actor, revision: int, place: str, change: Callable[[list[int]], Sequence[int]]
) -> Storefront:
    """Change which listings stand in a place (`featured`, or the number of a group), and in which order.

    Raises:
        Missing: there is no such place.
        StoreRefused: too many, or one that is not the supplier's own.
        NotAllowed, Conflict: as in `edit_storefront`.
    """

    def changed(content: Content) -> Content:
        present = content.chosen(place)
        if present is None:
            raise Missing
        ids = tuple(dict.fromkeys(change(list(present))))
        if len(ids) > most_in(place):
            raise StoreRefused(_("Choose at most %(most)s.") % {"most": most_in(place)})
        if set(ids) - set(present) - _own(actor, ids):
            raise StoreRefused(_("Choose from your own listings."))
        return content.with_chosen(place, ids)

    return edit_storefront(actor=actor, revision=revision, change=changed)


def publish_storefront(*, actor: Actor, revision: int) -> StoreVersion:
    """Show the draft to everyone, as a new version.

    Raises:
        StoreTextRefused: a text says what is forbidden; names what was seen and how to mend it.
        StoreRefused: it is word for word what the operator has frozen.
        NotAllowed, Conflict: as in `edit_storefront`.
    """
    with transaction.atomic():
        store = _locked(actor)
        if store.revision != max(revision, 1):
            raise Conflict(
                _("Somebody else saved the storefront in the meantime. Look at the preview again.")
            )
        return _publish(actor, store, Content.read(store.draft), store.banner.name or "")


def restore_storefront(*, actor: Actor, number: int) -> StoreVersion:
    """Publish an earlier version again, as a new one; a draft that was being worked on stays.

    Raises:
        Missing: there is no such version.
        StoreRefused: the operator froze it.
        StoreTextRefused, NotAllowed: as in `publish_storefront`.
    """
    with transaction.atomic():
        store = _locked(actor)
        version = StoreVersion.objects.filter(supplier_id=actor.organisation_id, number=number).first()
        if version is None:
            raise Missing
        if StoreFreeze.objects.filter(version=version).exists():
            raise StoreRefused(_("This version is frozen by the platform: mend the draft and publish that."))
        content = Content.read(version.content)
        if not store.changed:
            store.draft, store.banner = content.stored(), version.banner.name or ""
            store.revision += 1
        changed = store.changed
        restored = _publish(actor, store, content, version.banner.name or "", restored=number)
        Storefront.objects.filter(pk=store.pk).update(changed=changed)
        return restored


def freeze_storefront(*, actor: Actor, version_id: int, reason: str, text: str) -> StoreFreeze:
    """Take a published version from the public; the supplier is told why and publishes a mended one.

    Raises:
        NotAllowed: not the operator's catalog staff.
        Missing: there is no such version.
        StoreRefused: frozen already, or no reason.
    """
    if not actor.has_role(Role.CATALOG):
        raise NotAllowed
    if reason not in BY_CODE or not text.strip():
        raise StoreRefused(_("Name the reason, and say what to mend."))
    with transaction.atomic():
        version = StoreVersion.objects.select_related("supplier").filter(pk=version_id).first()
        if version is None:
            raise Missing
        Storefront.objects.select_for_update().filter(pk=version.supplier_id).first()
        freeze, made = StoreFreeze.objects.get_or_create(
            version=version, defaults={"reason": reason, "text": text.strip()[:500], "by": actor.user}
        )
        if not made:
            raise StoreRefused(_("This version is frozen already."))
        audit.record(
            actor=actor,
            action="storefront.frozen",
            subject=version,
            data={"reason": reason, "text": freeze.text},
        )
        tell_frozen(version=version, freeze=freeze)
        return freeze


def _locked(actor: Actor) -> Storefront:
    """The supplier's storefront, made where there is none, locked for the rest of the transaction."""
    if not actor.has_role(*SUPPLIER_ROLES) or actor.organisation is None:
        raise NotAllowed
    Storefront.objects.get_or_create(supplier=actor.organisation, defaults={"draft": Content().stored()})
    return Storefront.objects.select_for_update().get(supplier=actor.organisation)


def _publish(
    actor: Actor, store: Storefront, content: Content, banner: str, *, restored: int | None = None
) -> StoreVersion:
    # What a person has to decide is shown to the operator with the version; it does not hold it up.
    doubts = [doubt for doubt in text_doubts(*content.texts()) if doubt.blocks]
    if doubts:
        raise StoreTextRefused(doubts)
    content = content.only(_own(actor, content.listings()))
    frozen = StoreVersion.objects.filter(supplier_id=store.pk, freeze__isnull=False, banner=banner)
    if any(Content.read(version.content) == content for version in frozen):
        raise StoreRefused(_("This is what the platform has frozen: mend it before you publish it again."))
    last = StoreVersion.objects.filter(supplier_id=store.pk).order_by("-number").first()
    version = StoreVersion.objects.create(
        supplier_id=store.pk,
        number=last.number + 1 if last else 1,
        content=content.stored(),
        banner=banner,
        published_by=actor.user,
        restored=restored,
    )
    store.shown, store.changed = version, False
    store.save()
    audit.record(
        actor=actor,
        action="storefront.published",
        subject=version,
        data={"number": version.number, "restored": restored},
    )
    return version


def _own(actor: Actor, ids: Any) -> set[int]:
    rows = Listing.objects.filter(pk__in=[pk for pk in ids if 0 < pk < 2**63])
    return set(rows.filter(supplier_id=actor.organisation_id).values_list("pk", flat=True))
