"""Search and category lists: what was asked for, what is found, and what else might have been meant."""
