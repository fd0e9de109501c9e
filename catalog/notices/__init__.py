"""What people are told of the catalog, one file per subject; each registers its kinds of notices."""

from catalog.notices.listings import register, tell_of_listing, tell_supplier

__all__ = ["register", "tell_of_listing", "tell_supplier"]
