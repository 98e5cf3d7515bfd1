"""What a user could pick instead: each learns from training rows and reads test rows."""

from pulso_training.baselines.lexicon import lexicon
from pulso_training.baselines.peers import evaluate_peers
from pulso_training.baselines.sentiment_spanish import PeerError, sentiment_spanish
from pulso_training.baselines.tfidf import tfidf

__all__ = ["PeerError", "evaluate_peers", "lexicon", "sentiment_spanish", "tfidf"]
