"""What admitting a supplier consists of: the form, the files, the machine's findings, the figures."""
