"""Briefs whose figures are facts fetched from trends."""
