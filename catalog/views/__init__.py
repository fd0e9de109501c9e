"""Pages of the catalog, one file per audience."""
