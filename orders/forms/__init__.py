"""Forms of the ordering pages: they read what was typed; services decide."""
