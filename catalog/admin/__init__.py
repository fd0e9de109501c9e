"""The catalog's pages of the administration."""

from catalog.admin import categories, duplicates, goods, listings, proposals, synonyms

__all__ = ["categories", "duplicates", "goods", "listings", "proposals", "synonyms"]
