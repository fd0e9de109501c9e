"""Many listings in one file: reading and writing it, and what its rows mean."""
