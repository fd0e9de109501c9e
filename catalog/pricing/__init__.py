"""Prices: formulas, panel, ranges. One place for the good page, the listing form and the rules."""
