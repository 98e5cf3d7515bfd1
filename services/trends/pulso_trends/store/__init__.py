"""The feedback database: items and roll-ups, on SQLite and PostgreSQL by the same code."""
