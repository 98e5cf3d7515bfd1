"""The HTTP surface of trends."""
