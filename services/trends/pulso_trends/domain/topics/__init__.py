"""Topics: terms that belong together, and the one topic that each text is at home in."""
