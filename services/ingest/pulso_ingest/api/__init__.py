"""Ingest's endpoints."""
