"""Whether two descriptions are of the same good: measured on tests/catalog/data/duplicate_pairs.csv."""

from catalog.duplicates.described import Described, Features, features_of
from catalog.duplicates.score import THRESHOLD, Reason, Verdict, compare

__all__ = ["THRESHOLD", "Described", "Features", "Reason", "Verdict", "compare", "features_of"]
