"""From rows to the tensors of a training step."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from pulso_sentiment.model.preprocess import preprocess
from tokenizers import Tokenizer
from torch import Tensor

from pulso_training.targets import Target

PAD_ID = 1
Item = TypeVar("Item")
_BUCKET_BATCHES = 50


@dataclass(frozen=True, slots=True)
class Example:
    """A tokenised text and what the network should answer."""

    ids: list[int]
    target: Target


def tokenise(
    texts: Sequence[str], targets: Sequence[Target], tokenizer: Tokenizer, max_tokens: int
) -> list[Example]:
    """Clean and tokenise texts, cutting at `max_tokens`; those that are empty after cleaning are left out."""
    tokenizer.enable_truncation(max_tokens)
    cleaned = [(preprocess(text), target) for text, target in zip(texts, targets, strict=True)]
    kept = [(text, target) for text, target in cleaned if text]
    encodings = tokenizer.encode_batch_fast([text for text, _ in kept])
    return [Example(encoding.ids, target) for encoding, (_, target) in zip(encodings, kept, strict=True)]


def grouped(
    items: Sequence[Item], length: Callable[[Item], int], size: int, draw: random.Random
) -> Iterator[list[Item]]:
    """Yield all items once, in shuffled batches whose members are of about the same length."""
    order = list(items)
    draw.shuffle(order)
    window = size * _BUCKET_BATCHES
    batches: list[list[Item]] = []
    for start in range(0, len(order), window):
        bucket = sorted(order[start : start + window], key=length)
        batches += [bucket[i : i + size] for i in range(0, len(bucket), size)]
    draw.shuffle(batches)
    yield from batches


def padded(lines: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return ids and mask [texts, tokens], padded to the longest."""
    longest = max(map(len, lines))
    ids = torch.full((len(lines), longest), PAD_ID, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, line in enumerate(lines):
        ids[row, : len(line)] = torch.tensor(line)
        mask[row, : len(line)] = 1
    return ids, mask
