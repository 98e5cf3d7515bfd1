"""What a user could pick instead: each learns from training rows and reads test rows."""

from collections.abc import Callable, Mapping, Sequence

from pulso_training.baselines.lexicon import lexicon
from pulso_training.baselines.sentiment_spanish import PeerError, sentiment_spanish
from pulso_training.baselines.tfidf import Floats, tfidf
from pulso_training.corpus import Row

Baseline = Callable[[Sequence[Row], Sequence[Row]], Floats]
"""From training rows and test rows, all with a label, to probabilities [test rows, 3]."""

BASELINES: Mapping[str, Baseline] = {
    "tf-idf": tfidf,
    "lexicon": lexicon,
    "sentiment-spanish": sentiment_spanish,
}

__all__ = ["BASELINES", "Baseline", "PeerError", "lexicon", "sentiment_spanish", "tfidf"]
