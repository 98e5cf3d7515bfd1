"""All figures of one model over all groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.model.card import TemperatureScale

from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.evaluate.answers import Answers, Floats
from pulso_training.evaluate.groups import GROUPS, PERUVIAN_SOURCES, SPANISH_SOURCES
from pulso_training.evaluate.scores import DECIMALS, Scores, score

UNSCALED = TemperatureScale()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The scores of one task: over all texts, and by kind of group and group."""

    overall: Scores
    groups: dict[str, dict[str, Scores]]

    def mean(self, sources: Sequence[str]) -> float | None:
        """Return the mean macro-F1 over those of the sources that were scored; None if none was."""
        found = [self.groups["source"][name].macro_f1 for name in sources if name in self.groups["source"]]
        return float(np.mean(found)) if found else None

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        groups = {
            kind: {name: scores.as_json() for name, scores in found.items()}
            for kind, found in self.groups.items()
        }
        return {"overall": self.overall.as_json()} | groups


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a model after one evaluation; None where no text has a label of the task."""

    sentiment: Sheet | None
    emotion: Sheet | None

    @property
    def headline(self) -> dict[str, float]:
        """The mean macro-F1 over the Spanish and over the Peruvian sentiment sources that were scored."""
        if self.sentiment is None:
            return {}
        means = {
            "spanish": self.sentiment.mean(SPANISH_SOURCES),
            "peruvian": self.sentiment.mean(PERUVIAN_SOURCES),
        }
        return {name: value for name, value in means.items() if value is not None}

    def as_json(self) -> dict[str, Any]:
        """Return plain values, shares with four decimals."""
        return {
            "headline": {name: round(value, DECIMALS) for name, value in self.headline.items()},
            "sentiment": self.sentiment and self.sentiment.as_json(),
            "emotion": self.emotion and self.emotion.as_json(),
        }


def report(
    answers: Answers, sentiment: TemperatureScale = UNSCALED, emotion: TemperatureScale = UNSCALED
) -> Report:
    """Score answers, with the model's temperature scales, on the rows that have a label of the task."""
    by_emotion = None
    if answers.emotion is not None:
        probabilities = calibrated(answers.emotion, answers.tokens, emotion)
        by_emotion = _sheet(answers, [row.emotion for row in answers.rows], probabilities, EMOTIONS)
    probabilities = calibrated(answers.sentiment, answers.tokens, sentiment)
    return Report(_sheet(answers, [row.label for row in answers.rows], probabilities, LABELS), by_emotion)


def _sheet(
    answers: Answers, labels: Sequence[str], probabilities: Floats, names: Sequence[str]
) -> Sheet | None:
    labelled = np.flatnonzero([label != "" for label in labels])
    if len(labelled) == 0:
        return None
    truth = np.array([names.index(label) if label else -1 for label in labels])

    def scored(rows: Sequence[int]) -> Scores:
        return score(truth[rows], probabilities[rows], names)

    return Sheet(
        scored(labelled.tolist()),
        {
            kind: {name: scored(rows) for name, rows in _members(answers, labelled.tolist(), kind).items()}
            for kind in GROUPS
        },
    )


def _members(answers: Answers, rows: Sequence[int], kind: str) -> Mapping[str, list[int]]:
    group: dict[str, list[int]] = defaultdict(list)
    for i in rows:
        row: Row = answers.rows[i]
        group[GROUPS[kind](row, int(answers.tokens[i]))].append(i)
    return group
