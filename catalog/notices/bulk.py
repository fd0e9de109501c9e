"""What a supplier's people are told of their imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.notices import NoticeKind, kinds, notify
from catalog.models import ImportState, ListingImport


def register() -> None:
    """The kinds of notices; called once, when the app is ready."""
    kinds.register(NoticeKind("import_preview", _("“%(name)s” was read: look at what would change.")))
    kinds.register(
        NoticeKind("import_done", _("“%(name)s” is done: %(written)s listings were written."), tone="good")
    )
    kinds.register(NoticeKind("import_failed", _("“%(name)s” has stopped: see why."), tone="serious"))


def tell_importer(task: ListingImport) -> None:
    """Tell who has begun the import that it waits for a look, is done or has stopped."""
    told = (ImportState.PREVIEW, ImportState.DONE, ImportState.FAILED)
    if task.state not in told or task.created_by is None:
        return
    notify(
        [task.created_by],
        f"import_{task.state}",
        data={"name": task.file_name or str(_("Price change")), "written": task.written},
        url=f"/supplier/imports/{task.pk}/",
        key=f"listing-import-{task.pk}-{task.state}-{task.confirm_key[:8]}",
        organisation=task.supplier,
    )
