"""One scoring engine for HTTP requests and the stream: admission, tokenising, batching, the device."""

from pulso_sentiment.engine.admission import Overloaded
from pulso_sentiment.engine.engine import Engine, EngineStopped
from pulso_sentiment.engine.request import Lane, TextFailed

__all__ = ["Engine", "EngineStopped", "Lane", "Overloaded", "TextFailed"]
