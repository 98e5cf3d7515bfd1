"""`python -m pulso_sentiment`: run the sentiment service."""

from pulso_kit.server import serve

from pulso_sentiment.app import build_app
from pulso_sentiment.settings import SentimentSettings

if __name__ == "__main__":
    serve("sentiment", SentimentSettings, build_app)
