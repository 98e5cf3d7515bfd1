"""Run by the peer's own Python: a JSON list of texts on stdin, P(positive) of each on stdout.

`SentimentAnalysisSpanish.sentiment` does the same for one text at a time.
"""

import json
import sys

from sentiment_analysis_spanish.sentiment_analysis import SentimentAnalysisSpanish  # type: ignore[import-not-found]

peer = SentimentAnalysisSpanish()
counts = peer.vectorizer.transform(json.load(sys.stdin))
json.dump(peer.classifier.predict_proba(counts)[:, 1].tolist(), sys.stdout)
