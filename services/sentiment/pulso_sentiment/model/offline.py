"""Reading a list of texts here and now, without the engine: for training, benchmarks and the command line."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, groupby, pairwise

import numpy as np

from pulso_sentiment.model.base import Answers, Array, Model, Tokenised, Tokens, join
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.model.shapes import grid_length, rows_within
from pulso_sentiment.model.windows import combine

BATCH_TOKENS = 768
_NEUTRAL_LOGITS = np.array([[0.0, 30.0, 0.0]], np.float32)
"""What stands for the answer on an empty text: neutral beyond doubt at any temperature in use."""


def answer(model: Model, texts: Sequence[str]) -> tuple[list[Tokenised], Answers]:
    """Return the tokens and the answers on all texts, before calibration; an empty text is neutral."""
    tokenised = model.tokenise(texts)
    windows = [window for text in tokenised for window in text.windows]
    if not windows:
        return tokenised, Answers(np.repeat(_NEUTRAL_LOGITS, len(texts), axis=0))
    read = _forward(model, windows)
    edges = pairwise(accumulate((len(text.windows) for text in tokenised), initial=0))
    rows = [_of_text(read, text, *edge) for text, edge in zip(tokenised, edges, strict=True)]
    return tokenised, join(rows)


def predict(model: Model, texts: Sequence[str]) -> tuple[list[Tokenised], Array]:
    """Return the tokens and the calibrated probabilities [texts, 3] of the classes of sentiment."""
    tokenised, answers = answer(model, texts)
    lengths = [max(1, text.length) for text in tokenised]
    return tokenised, calibrated(answers.sentiment, lengths, model.card.calibration.sentiment)


def _of_text(read: Answers, text: Tokenised, first: int, last: int) -> Answers:
    if text.windows:
        return combine(read.each(lambda part: part[first:last]), text.windows)
    return read.each(lambda part: np.zeros_like(part[:1]))._replace(sentiment=_NEUTRAL_LOGITS)


def _forward(model: Model, windows: Sequence[Tokens]) -> Answers:
    """Return the answers on `windows`, in their order, from batches of one grid length on all devices."""
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
    with ThreadPoolExecutor(model.devices) as devices:
        read = join([*devices.map(model.forward, batches([windows[i] for i in order]))])
    places = np.argsort(order)
    return read.each(lambda part: part[places])


def batches(windows: Sequence[Tokens], budget: int = BATCH_TOKENS) -> Iterator[list[Tokens]]:
    """Cut windows, sorted by length, into batches of one grid length and at most `budget` tokens."""
    for length, alike in groupby(windows, key=lambda window: grid_length(len(window.ids))):
        rows = rows_within(budget, length)
        waiting = list(alike)
        yield from (waiting[first : first + rows] for first in range(0, len(waiting), rows))
