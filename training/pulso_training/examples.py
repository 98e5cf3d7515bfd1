"""From rows to the tensors of a training step."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from pulso_sentiment.model.preprocess import preprocess
from tokenizers import Tokenizer
from torch import Tensor

from pulso_training.corpus import LABELS, Row

PAD_ID = 1
_BUCKET_BATCHES = 50


@dataclass(frozen=True)
class Example:
    """A tokenised text and the index of its label."""

    ids: list[int]
    label: int


def tokenise(rows: Sequence[Row], tokenizer: Tokenizer, max_tokens: int) -> list[Example]:
    """Clean and tokenise `rows`, cutting at `max_tokens`; rows that are empty after cleaning are left out."""
    tokenizer.enable_truncation(max_tokens)
    cleaned = [(preprocess(row.text), LABELS.index(row.label)) for row in rows]
    kept = [(text, label) for text, label in cleaned if text]
    encodings = tokenizer.encode_batch_fast([text for text, _ in kept])
    return [Example(encoding.ids, label) for encoding, (_, label) in zip(encodings, kept, strict=True)]


def batches(examples: Sequence[Example], size: int, draw: random.Random) -> Iterator[list[Example]]:
    """Yield all examples once, in shuffled batches whose members are of about the same length."""
    order = list(examples)
    draw.shuffle(order)
    window = size * _BUCKET_BATCHES
    grouped: list[list[Example]] = []
    for start in range(0, len(order), window):
        bucket = sorted(order[start : start + window], key=lambda example: len(example.ids))
        grouped += [bucket[i : i + size] for i in range(0, len(bucket), size)]
    draw.shuffle(grouped)
    yield from grouped


def collate(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids and mask [texts, tokens], padded to the longest example, and the labels [texts]."""
    longest = max(len(example.ids) for example in batch)
    ids = torch.full((len(batch), longest), PAD_ID, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, example in enumerate(batch):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        mask[row, : len(example.ids)] = 1
    return ids, mask, torch.tensor([example.label for example in batch])


def class_weights(examples: Sequence[Example]) -> Tensor:
    """Return one weight per label, inverse to its share, with mean 1 over the examples."""
    counts = Counter(example.label for example in examples)
    return torch.tensor([len(examples) / (len(LABELS) * max(counts[i], 1)) for i in range(len(LABELS))])
