"""What ingest does to one piece of feedback: pure functions, without I/O."""
