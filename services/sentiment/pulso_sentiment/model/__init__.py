"""Models behind one small protocol: OpenVINO (the default), torch (any hub or local model) and a dummy."""

from pulso_sentiment.model.base import Answers, Array, Model, ModelError, NoWordVectors, Tokenised, Tokens
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.model.load import load_model

__all__ = [
    "Answers",
    "Array",
    "Model",
    "ModelCard",
    "ModelError",
    "NoWordVectors",
    "Tokenised",
    "Tokens",
    "load_model",
]
