"""Texts longer than the model's input: cut into windows, and the windows' answers put together."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import ceil

import numpy as np

from pulso_sentiment.model.base import Answers, Tokens


def split(pieces: Sequence[int], room: int, most: int) -> tuple[list[list[int]], bool]:
    """Cut a text's pieces into as few consecutive windows as possible, as equal in length as possible.

    Args:
        pieces: All pieces of one text, without special ones.
        room: The most pieces of one window.
        most: The most windows; what lies beyond them is left out.

    Returns:
        The windows, none for no pieces, and whether something was left out.
    """
    kept = pieces[: room * most]
    count = ceil(len(kept) / room)
    lengths = (len(kept) * (number + 1) // count - len(kept) * number // count for number in range(count))
    edges = pairwise(accumulate(lengths, initial=0))
    return [list(kept[start:end]) for start, end in edges], len(pieces) > len(kept)


def combine(answers: Answers, windows: Sequence[Tokens]) -> Answers:
    """Return the answers [1, …] on one text: the means of those on its windows, weighted by their lengths.

    Logits are averaged, not probabilities, so that calibration comes after and once.
    """
    if len(windows) == 1:
        return answers
    lengths = np.array([[len(window.ids) for window in windows]], np.float32)
    weights = lengths / lengths.sum()
    return answers.each(lambda part: weights @ part)
