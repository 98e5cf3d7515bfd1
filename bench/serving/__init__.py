"""Pulso's sentiment service against the bare runtime, against its peers, and against the machine."""
