"""The catalog's pages of the administration."""

from catalog.admin import categories, goods, listings

__all__ = ["categories", "goods", "listings"]
