"""The write side of accounts: one use case a file."""
