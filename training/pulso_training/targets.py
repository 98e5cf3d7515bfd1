"""What the network should answer for a text: distributions, so that doubt about a label is part of it."""

from collections.abc import Sequence
from typing import NamedTuple

from pulso_training.corpus import EMOTIONS, LABELS, Row

Distribution = tuple[float, ...]

_OF_STARS: dict[int, Distribution] = {
    1: (0.96, 0.03, 0.01),
    2: (0.85, 0.13, 0.02),
    3: (0.17, 0.74, 0.09),
    4: (0.02, 0.13, 0.85),
    5: (0.01, 0.03, 0.96),
}
"""Stars are not judgements on the text: two and four lean to the middle, three reads mostly negative."""


class Target(NamedTuple):
    """Distributions over `LABELS` and `EMOTIONS`; None where nothing is known."""

    sentiment: Distribution | None
    emotion: Distribution | None


def target(row: Row, smoothing: float) -> Target:
    """Return what the row's labels, softened, say; stars are softened by what they usually mean."""
    return Target(_sentiment(row, smoothing), _one_hot(row.emotion, EMOTIONS, smoothing))


def mixed(hard: Target, soft: Target, share: float) -> Target:
    """Return `share` of the label and the rest of a teacher's answer; the teacher alone without a label."""
    return Target(
        _mix(hard.sentiment, soft.sentiment, share),
        _mix(hard.emotion, soft.emotion, share),
    )


def _sentiment(row: Row, smoothing: float) -> Distribution | None:
    if row.label and row.rating is not None and 1 <= row.rating <= 5:
        stars = _OF_STARS[round(row.rating)]
        if max(range(len(LABELS)), key=stars.__getitem__) == LABELS.index(row.label):
            return stars
    return _one_hot(row.label, LABELS, smoothing)


def _one_hot(value: str, names: Sequence[str], smoothing: float) -> Distribution | None:
    if not value:
        return None
    rest = smoothing / len(names)
    return tuple(1 - smoothing + rest if name == value else rest for name in names)


def _mix(hard: Distribution | None, soft: Distribution | None, share: float) -> Distribution | None:
    if hard is None or soft is None:
        return soft if hard is None else hard
    return tuple(share * a + (1 - share) * b for a, b in zip(hard, soft, strict=True))
