"""The write side of accounts: one file for each use case."""
