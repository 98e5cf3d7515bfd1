"""How well a model reads held-out texts: by source, country, domain, length and channel."""

from pulso_training.evaluate.answers import Answers, Read, answer, from_probabilities
from pulso_training.evaluate.report import Report, Sheet, report
from pulso_training.evaluate.scores import Scores, confusion, macro_f1, score
from pulso_training.evaluate.table import comparison, table

__all__ = [
    "Answers",
    "Read",
    "Report",
    "Scores",
    "Sheet",
    "answer",
    "comparison",
    "confusion",
    "from_probabilities",
    "macro_f1",
    "report",
    "score",
    "table",
]
