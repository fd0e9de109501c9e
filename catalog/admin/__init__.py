"""The catalog's pages of the administration."""

from catalog.admin import categories, goods, listings, synonyms

__all__ = ["categories", "goods", "listings", "synonyms"]
