"""The public door: keys, roles, rate limits, routing."""
