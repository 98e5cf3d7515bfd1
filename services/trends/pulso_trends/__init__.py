"""Indexes scored feedback and answers queries over time."""
