"""All baselines on the rows that a model was asked."""

import logging
from collections.abc import Sequence

from pulso_training.baselines.lexicon import lexicon
from pulso_training.baselines.sentiment_spanish import PeerError, sentiment_spanish
from pulso_training.baselines.tfidf import tfidf
from pulso_training.corpus import Row
from pulso_training.evaluate import Answers, Report, from_probabilities, report

BASELINES = {"tf-idf": tfidf, "lexicon": lexicon, "sentiment-spanish": sentiment_spanish}
"""Each takes training rows and test rows, with a label, to sentiment probabilities [test rows, 3]."""

_LOG = logging.getLogger(__name__)


def evaluate_peers(training: Sequence[Row], answers: Answers) -> dict[str, Report]:
    """Return the scores of each baseline on the rows of `answers`, taught by the training rows with a label.

    A baseline that cannot be installed here is left out with a warning.
    """
    labelled = [row for row in training if row.label]
    reports: dict[str, Report] = {}
    for name, baseline in BASELINES.items():
        try:
            probabilities = baseline(labelled, answers.rows)
        except PeerError as error:
            _LOG.warning("%s", error)
        else:
            reports[name] = report(from_probabilities(probabilities, answers))
    return reports
