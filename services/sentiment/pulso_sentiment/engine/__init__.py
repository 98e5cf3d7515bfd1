"""One scoring engine for HTTP requests and the stream: admission, tokenising, batching, devices."""

from pulso_sentiment.engine.admission import CHARACTERS_PER_TOKEN, Overloaded
from pulso_sentiment.engine.capacity import Capacity
from pulso_sentiment.engine.engine import Engine, EngineStopped
from pulso_sentiment.engine.lanes import Lane
from pulso_sentiment.engine.request import TextFailed

__all__ = ["CHARACTERS_PER_TOKEN", "Capacity", "Engine", "EngineStopped", "Lane", "Overloaded", "TextFailed"]
