"""Pulso's door for feedback: accepts, validates, normalises, redacts and publishes it."""
