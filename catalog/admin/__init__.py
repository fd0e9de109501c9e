"""The catalog's pages of the administration."""

from catalog.admin import categories, duplicates, goods, listings, proposals, synonyms

__all__ = ["categories", "duplicates", "goods", "listings", "proposals", "synonyms"]
from catalog.admin import halls, stores

__all__ = ["categories", "goods", "halls", "listings", "stores", "synonyms"]
from catalog.admin import catalog_requests, categories, checked_words, goods, listings, marking, synonyms

__all__ = ["catalog_requests", "categories", "checked_words", "goods", "listings", "marking", "synonyms"]
