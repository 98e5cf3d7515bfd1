"""Queries over time while history grows."""
