"""The actor's own import, locked for the rest of the transaction."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.models import Organisation
from accounts.roles import SUPPLIER_ROLES
from catalog.models import ListingImport
from zcy import outbox
from zcy.errors import Missing, NotAllowed

TASK = "catalog.tasks.work_on_import"


def supplier_of(actor: Actor) -> Organisation:
    """For whom the actor works.

    Raises:
        NotAllowed: the actor acts for no supplier.
    """
    if not actor.has_role(*SUPPLIER_ROLES) or actor.organisation is None:
        raise NotAllowed
    return actor.organisation


def own_import(actor: Actor, import_id: int) -> ListingImport:
    """Lock and return.

    Raises:
        NotAllowed: the actor acts for no supplier.
        Missing: there is no such import of this supplier.
    """
    supplier_of(actor)
    found = (
        ListingImport.objects.visible_to(actor).select_for_update(no_key=True).filter(pk=import_id).first()
    )
    if found is None:
        raise Missing
    return found


def send(task: ListingImport) -> None:
    """Ask a worker to go on with an import, once the transaction has ended."""
    outbox.enqueue(TASK, {"import_id": task.pk}, key=f"listing-import-{task.pk}-{task.attempts}")
