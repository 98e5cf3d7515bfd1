"""The one figure by which epochs and trials are compared: from the development part alone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from pulso_sentiment.model.preprocess import preprocess
from sklearn.metrics import f1_score
from tokenizers import Tokenizer

from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.examples import padded
from pulso_training.network import Classifier, device, mixed_precision

BATCH = 32
MAX_TOKENS = 192
_FEWEST = 20
"""A file with fewer rows in the development part says nothing."""


class Said(NamedTuple):
    """Logits of both heads, [texts, 3] and [texts, 7], and mean states [texts, width]: `Outputs` in numpy."""

    sentiment: NDArray[np.float32]
    emotion: NDArray[np.float32]
    embedding: NDArray[np.float32]


def development_score(model: Classifier, tokenizer: Tokenizer, parts: Mapping[str, Sequence[Row]]) -> float:
    """Return the mean macro-F1 over the files, of sentiment where they have it, else of emotion.

    Files that are too small are left out, unless all are: then their rows count as those of one file. 0 where
    there is none.
    """
    telling = {file: rows for file, rows in parts.items() if len(rows) >= _FEWEST}
    together = [row for rows in parts.values() for row in rows]
    found = macro_f1(model, tokenizer, telling or ({"all": together} if together else {}))
    return round(float(np.mean(list(found.values()))), 4) if found else 0.0


def macro_f1(model: Classifier, tokenizer: Tokenizer, parts: Mapping[str, Sequence[Row]]) -> dict[str, float]:
    """Return macro-F1 by file over the classes that occur, of sentiment where it has it, else of emotion."""
    return {file: _macro_f1(model, tokenizer, rows) for file, rows in parts.items()}


def _macro_f1(model: Classifier, tokenizer: Tokenizer, rows: Sequence[Row]) -> float:
    by_sentiment = [row for row in rows if row.label]
    chosen = by_sentiment or list(rows)
    said = outputs(model, tokenizer, [row.text for row in chosen])
    truth = [row.label or row.emotion for row in chosen]
    names, found = (LABELS, said.sentiment) if by_sentiment else (EMOTIONS, said.emotion)
    answers = [names[i] for i in found.argmax(axis=1)]
    return float(f1_score(truth, answers, labels=sorted(set(truth)), average="macro", zero_division=0))


def outputs(model: Classifier, tokenizer: Tokenizer, texts: Sequence[str]) -> Said:
    """Return what a network says of texts, cut at `MAX_TOKENS`."""
    tokenizer.enable_truncation(MAX_TOKENS)
    lines = [encoding.ids for encoding in tokenizer.encode_batch_fast([preprocess(text) for text in texts])]
    order = sorted(range(len(lines)), key=lambda i: len(lines[i]))
    widths = len(LABELS), len(EMOTIONS), model.config.hidden_size
    found = Said(*(np.zeros((len(lines), width), np.float32) for width in widths))
    model.eval()
    for begin in range(0, len(order), BATCH):
        chosen = order[begin : begin + BATCH]
        ids, mask = padded([lines[i] for i in chosen])
        with torch.inference_mode(), mixed_precision():
            told = model(ids.to(device()), mask.to(device()))
        for part, output in zip(found, told, strict=True):
            part[chosen] = output.float().cpu().numpy()
    return found
