"""What trends asks of other services."""
