"""The one figure by which epochs and trials are compared: from the development part alone."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from pulso_sentiment.model.preprocess import preprocess
from sklearn.metrics import f1_score
from tokenizers import Tokenizer

from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.examples import padded
from pulso_training.network import Classifier, device

BATCH = 32
MAX_TOKENS = 192
_FEWEST = 20
"""A file with fewer rows in the development part says nothing."""


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
    sentiment, emotion = logits(model, tokenizer, [row.text for row in chosen])
    truth = [row.label or row.emotion for row in chosen]
    names, found = (LABELS, sentiment) if by_sentiment else (EMOTIONS, emotion)
    answers = [names[i] for i in found.argmax(axis=1)]
    return float(f1_score(truth, answers, labels=sorted(set(truth)), average="macro", zero_division=0))


def logits(
    model: Classifier, tokenizer: Tokenizer, texts: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the logits of both heads, [texts, 3] and [texts, 7]; texts are cut at `MAX_TOKENS`."""
    tokenizer.enable_truncation(MAX_TOKENS)
    lines = [encoding.ids for encoding in tokenizer.encode_batch_fast([preprocess(text) for text in texts])]
    order = sorted(range(len(lines)), key=lambda i: len(lines[i]))
    sentiment = np.zeros((len(lines), len(LABELS)), np.float32)
    emotion = np.zeros((len(lines), len(EMOTIONS)), np.float32)
    model.eval()
    for begin in range(0, len(order), BATCH):
        chosen = order[begin : begin + BATCH]
        ids, mask = padded([lines[i] for i in chosen])
        with torch.inference_mode(), torch.autocast(device().type, torch.bfloat16):
            outputs = model(ids.to(device()), mask.to(device()))
        sentiment[chosen] = outputs.sentiment.float().cpu().numpy()
        emotion[chosen] = outputs.emotion.float().cpu().numpy()
    return sentiment, emotion
