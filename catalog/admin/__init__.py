"""The catalog's pages of the administration."""

from catalog.admin import (
    catalog_requests,
    categories,
    checked_words,
    duplicates,
    goods,
    halls,
    listings,
    marking,
    proposals,
    stores,
    synonyms,
)

__all__ = [
    "catalog_requests",
    "categories",
    "checked_words",
    "duplicates",
    "goods",
    "halls",
    "listings",
    "marking",
    "proposals",
    "stores",
    "synonyms",
]
from catalog.admin import references

__all__ = ["categories", "goods", "listings", "references", "synonyms"]
