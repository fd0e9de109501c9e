"""What a supplier decides about an import: confirm, stop, go on, check again."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actor import Actor
from catalog.bulk.errors import ImportMoved
from catalog.models import ImportMode, ImportState, ListingImport, PriceRule
from catalog.models.bulk import OPEN
from catalog.services.bulk._own import own_import, send
from catalog.services.bulk.hand import DEAD_AFTER
from catalog.services.bulk.upload import FOLDER
from zcy import audit, clock
from zcy.errors import Missing


def confirm_import(*, actor: Actor, import_id: int, mode: str, submit: bool, key: str) -> ListingImport:
    """Have the previewed changes written in the background.

    Args:
        actor: who works for the supplier.
        import_id: its import.
        mode: `all` or `good`.
        submit: whether new and mended listings are submitted for review.
        key: of the preview that was looked at; a second confirmation of it changes nothing.

    Raises:
        NotAllowed, Missing: not the actor's import.
        ImportMoved: not in preview, an older preview, nothing to write, or errors where all was wanted.
    """
    with transaction.atomic():
        task = own_import(actor, import_id)
        if task.confirmed_at is not None and key == task.confirm_key:
            return task
        if task.state != ImportState.PREVIEW or key != task.confirm_key:
            raise ImportMoved(_("This preview is no longer the newest. Look at the import again."))
        if mode not in ImportMode.values:
            raise ImportMoved(_("Choose: all or nothing, or good rows only."), field="mode")
        if not task.new + task.changed:
            raise ImportMoved(_("There is nothing to write."))
        if mode == ImportMode.ALL and task.errors:
            raise ImportMoved(
                _("%(errors)s rows have errors. Mend them and upload again, or choose “good rows only”.")
                % {"errors": task.errors},
                field="mode",
            )
        task.mode, task.submit, task.state = mode, submit, ImportState.APPLYING
        task.confirmed_by, task.confirmed_at = actor.user, clock.now()
        task.heartbeat_at, task.worker = None, ""
        task.save()
        send(task)
        audit.record(
            actor=actor,
            action="listing_import.confirmed",
            subject=task,
            data={"mode": mode, "new": task.new, "changed": task.changed, "errors": task.errors},
        )
        return task


def cancel_import(*, actor: Actor, import_id: int) -> ListingImport:
    """Stop; what good rows only has written stays, and the rest can be gone on with.

    Raises:
        NotAllowed, Missing: not the actor's import.
        ImportMoved: it has ended already.
    """
    with transaction.atomic():
        task = own_import(actor, import_id)
        if task.state not in OPEN:
            raise ImportMoved(_("This import has ended already."))
        alive = bool(task.worker) and (task.heartbeat_at or clock.now()) > clock.now() - DEAD_AFTER
        if alive:
            task.cancel_asked = True
        else:
            task.state, task.ended_at, task.worker = ImportState.CANCELLED, clock.now(), ""
        task.save()
        audit.record(actor=actor, action="listing_import.cancelled", subject=task)
        return task


def resume_import(*, actor: Actor, import_id: int) -> ListingImport:
    """Go on with what was cancelled or has stopped: reading where it was, or writing the rows that are left.

    Raises:
        NotAllowed, Missing: not the actor's import.
        ImportMoved: it is not stopped, or it has to be checked again.
    """
    try:
        with transaction.atomic():
            task = own_import(actor, import_id)
            if not may_resume(task):
                raise ImportMoved(_("This cannot be gone on with. Check the file again."))
            task.state = ImportState.APPLYING if task.confirmed_at else ImportState.READING
            if task.confirm_key and not task.confirmed_at:
                task.state = ImportState.PREVIEW
            if task.confirmed_at:
                task.confirmed_by = actor.user
            task.worker, task.heartbeat_at, task.ended_at = "", None, None
            task.message, task.cancel_asked, task.attempts = "", False, 0
            task.save()
            if task.working:
                send(task)
            audit.record(actor=actor, action="listing_import.resumed", subject=task)
    except IntegrityError as error:
        raise ImportMoved(_("You have uploaded the same file again: go on with that import.")) from error
    return task


def may_resume(task: ListingImport) -> bool:
    """Whether going on makes sense: not after all or nothing has met changed listings."""
    stopped = task.state in (ImportState.CANCELLED, ImportState.FAILED) and task.cleared_at is None
    return stopped and not (task.mode == ImportMode.ALL and task.conflicts)


def check_again(*, actor: Actor, import_id: int) -> ListingImport:
    """Judge the same file, or the same rule, against what is offered now: a new import, the old one stays as it is.

    Where the same file is open in another import already, that one is returned.

    Raises:
        NotAllowed, Missing: not the actor's import, or its file was removed.
        ImportMoved: it is just being worked on.
    """
    try:
        return _check_again(actor, import_id)
    except IntegrityError as error:  # two clicks on one button
        raise ImportMoved(_("You have uploaded the same file again: go on with that import.")) from error


def _check_again(actor: Actor, import_id: int) -> ListingImport:
    with transaction.atomic():
        task = own_import(actor, import_id)
        if task.working:
            raise ImportMoved(_("This import is just being worked on. Wait for its end."))
        twins = ListingImport.objects.filter(supplier=task.supplier, checksum=task.checksum, state__in=OPEN)
        if task.checksum and (twin := twins.exclude(pk=task.pk).first()):
            return twin
        if task.state == ImportState.PREVIEW:
            task.state, task.ended_at = ImportState.CANCELLED, clock.now()
            task.save()
        made = ListingImport(
            supplier=task.supplier,
            created_by=actor.user,
            category=task.category,
            language=get_language() or task.language,
            file_name=task.file_name,
            checksum=task.checksum,
            size=task.size,
        )
        if task.rule is not None:
            made.rule = PriceRule.objects.create(
                supplier=task.supplier,
                created_by=actor.user,
                step=task.rule.step,
                value=task.rule.value,
                rounding=task.rule.rounding,
                filters=task.rule.filters,
            )
        elif not task.stored_as or task.cleared_at or not default_storage.exists(task.stored_as):
            raise Missing(_("The file is no longer there. Upload it again."))
        else:
            with default_storage.open(task.stored_as) as stored:
                name = f"{FOLDER}/{uuid.uuid4().hex}.{task.file_type}"
                made.stored_as = default_storage.save(name, stored)
        made.save()
        send(made)
        audit.record(actor=actor, action="listing_import.checked_again", subject=made, data={"of": task.pk})
        return made


def may_take_back(task: ListingImport, hours: int) -> bool:
    """Whether a price rule that was written may still be taken back."""
    ended = task.ended_at is not None and task.ended_at > clock.now() - timedelta(hours=hours)
    written = task.rule_id is not None and task.written > 0 and not task.working
    return written and ended and not hasattr(task, "taken_back_by")
