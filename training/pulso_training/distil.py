"""Several teachers made one: what they answer together becomes the target of another network.

Hinton et al. 2015, "Distilling the knowledge in a neural network", at temperature 1. The teachers' weights
are those under which their mixture finds the development part least surprising, one set for each head.

Words and their pieces under logistic regression can be one more teacher. Alone it reads worse than a network,
but it errs elsewhere: a third of it beside the default model gave 0.648 on the development part, not 0.643.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from joblib import Parallel, delayed
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pulso_training import network
from pulso_training.baselines.tfidf import tfidf
from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.errors import InputError
from pulso_training.judge import outputs
from pulso_training.network import device
from pulso_training.split import fold_of
from pulso_training.targets import Target

_STEPS = 300
_MOST = 100
_FOLDS = 4
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """Checkpoints and the share that each has in an answer, for either head.

    With `words`, the last share of `sentiment` is that of logistic regression on words; it tells no emotion.
    """

    teachers: tuple[Path, ...]
    words: bool
    sentiment: tuple[float, ...]
    emotion: tuple[float, ...]

    def answers(self, rows: Sequence[Row]) -> dict[str, Target]:
        """Return the mixture's answer by text; words are read by a model that has not learnt that text."""
        distinct = list({row.text: row for row in rows}.values())
        texts = [row.text for row in distinct]
        read = [_probabilities(teacher, texts) for teacher in self.teachers]
        by_sentiment = [found[0] for found in read]
        if self.words:
            by_sentiment.append(_cross_fitted(distinct))
        sentiment = _mixture(by_sentiment, self.sentiment)
        emotion = _mixture([found[1] for found in read], self.emotion)
        return {
            text: Target(tuple(map(float, sentiment[i])), tuple(map(float, emotion[i])))
            for i, text in enumerate(texts)
        }


def assemble(
    teachers: Sequence[Path], development: Mapping[str, Sequence[Row]], words_from: Sequence[Row] = ()
) -> Ensemble:
    """Weigh the teachers by the development part, in which a file counts by its rows, a hundred at most.

    Two rows of a small file would otherwise outweigh hundreds.
    Where there are rows in `words_from`, logistic regression that learns from them is one teacher more.

    Raises:
        InputError: when those rows do not hold two sentiments.
    """
    if words_from and len({row.label for row in words_from if row.label}) < 2:
        raise InputError("words can teach sentiment only where the rows hold two labels of it")
    rows = [row for part in development.values() for row in part]
    share = [min(1.0, _MOST / len(part)) for part in development.values() for _ in part]
    read = [_probabilities(teacher, [row.text for row in rows]) for teacher in teachers]
    by_sentiment = [found[0] for found in read]
    if words_from:
        by_sentiment.append(_of_words(words_from, rows))
    by_label = [(i, LABELS.index(row.label)) for i, row in enumerate(rows) if row.label]
    by_emotion = [(i, EMOTIONS.index(row.emotion)) for i, row in enumerate(rows) if row.emotion]
    return Ensemble(
        tuple(teachers),
        bool(words_from),
        _weights(by_sentiment, by_label, share),
        _weights([found[1] for found in read], by_emotion, share),
    )


def _of_words(training: Sequence[Row], test: Sequence[Row]) -> Probabilities:
    return tfidf([row for row in training if row.label], test).astype(np.float64)


def _cross_fitted(rows: Sequence[Row]) -> Probabilities:
    folds = [fold_of(row.key, _FOLDS) for row in rows]
    parts = sorted(set(folds))
    answers = Parallel(n_jobs=-1)(
        delayed(_of_words)(
            [row for row, fold in zip(rows, folds, strict=True) if fold != part],
            [row for row, fold in zip(rows, folds, strict=True) if fold == part],
        )
        for part in parts
    )
    found = np.zeros((len(rows), len(LABELS)))
    for part, answer in zip(parts, answers, strict=True):
        found[np.array(folds) == part] = answer
    return found


def _probabilities(checkpoint: Path, texts: Sequence[str]) -> tuple[Probabilities, Probabilities]:
    model = network.load(checkpoint).to(device())
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    said = outputs(model, tokenizer, texts)
    return _softmax(said.sentiment), _softmax(said.emotion)


def _weights(
    read: Sequence[Probabilities], truth: Sequence[tuple[int, int]], share: Sequence[float]
) -> tuple[float, ...]:
    if len(read) == 1 or not truth:
        return (1 / len(read),) * len(read)
    of_truth = torch.tensor(np.array([[found[i, label] for found in read] for i, label in truth]))
    count = torch.tensor([share[i] for i, _ in truth], dtype=of_truth.dtype)
    free = torch.zeros(len(read), dtype=of_truth.dtype, requires_grad=True)
    optimizer = torch.optim.Adam([free], lr=0.05)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        surprise = -(count * (of_truth @ free.softmax(0)).clamp(min=1e-9).log()).sum()
        surprise.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return tuple(round(float(weight), 4) for weight in free.detach().softmax(0))


def _mixture(read: Sequence[Probabilities], weights: Sequence[float]) -> Probabilities:
    whole: Probabilities = np.tensordot(np.array(weights), np.stack(list(read)), axes=1)
    return whole


def _softmax(found: NDArray[np.float32]) -> Probabilities:
    exponents = np.exp(found.astype(np.float64) - found.max(axis=1, keepdims=True))
    whole: Probabilities = exponents / exponents.sum(axis=1, keepdims=True)
    return whole
