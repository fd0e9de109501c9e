"""Pages of orders: one file per audience."""
