"""Endpoints of the sentiment service."""
