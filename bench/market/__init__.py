"""A deterministic generator of whole markets in the market CSV format, with labels of what it planted."""
