"""People and live work for the demonstration: what the files of a market cannot carry."""
