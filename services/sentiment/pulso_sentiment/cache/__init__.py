"""Answers of the model that are kept, since feedback repeats: in this process, and shared between pods."""

from pulso_sentiment.cache.answers import AnswerCache

__all__ = ["AnswerCache"]
