"""What a model, or anything else that tells a class, said of a list of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pulso_training.corpus import Row

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]
Read = Callable[[Sequence[str]], tuple[Floats, Floats | None, Integers]]
"""A model as a function of texts: sentiment logits [n, 3], emotion logits [n, 7] or None, tokens [n]."""

_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Answers:
    """Logits by row, in the order of `LABELS` and `EMOTIONS`, before any temperature.

    `sentiment` is [n, 3]; `emotion` is [n, 7], or None of a model that tells no emotions; `tokens` [n] counts
    the pieces of each text with the two specials, all windows together.
    """

    rows: Sequence[Row]
    sentiment: Floats
    emotion: Floats | None
    tokens: Integers

    def __post_init__(self) -> None:
        count = len(self.rows)
        lengths = [len(self.sentiment), len(self.tokens)]
        lengths += [] if self.emotion is None else [len(self.emotion)]
        if any(length != count for length in lengths):
            raise ValueError(f"{count} rows were given {', '.join(map(str, lengths))} answers")


def answer(read: Read, rows: Sequence[Row]) -> Answers:
    """Let a model read all rows."""
    return Answers(rows, *read([row.text for row in rows]))


def from_probabilities(probabilities: Floats, of: Answers) -> Answers:
    """Return what a baseline said of the same rows, from its sentiment probabilities [n, 3]."""
    return Answers(of.rows, np.log(np.maximum(probabilities, _LEAST)), None, of.tokens)
