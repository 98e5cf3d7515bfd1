"""Scoring from the stream: feedback in, scored feedback out."""

from pulso_sentiment.worker.worker import Worker

__all__ = ["Worker"]
