"""Traces: what happened to one request or batch, in which process, and how long each part took (ADR 22)."""
