"""A whole market as CSV files: how a region joins with its own history (docs/exchange/market-csv.md)."""
