"""Fine-tuning on CPU: bfloat16, batches of like length, frozen word embeddings, class weights."""

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from pulso_sentiment.model.preprocess import PREPROCESS_VERSION, preprocess
from tokenizers import Tokenizer
from torch import Tensor, nn

from pulso_training import network
from pulso_training.corpus import LABELS, Row

_BUCKET_BATCHES = 50
_PAD_ID = 1
_LOG_EVERY = 50


@dataclass(frozen=True)
class Recipe:
    """The parameters of one run; lengths in tokens, rates per step of AdamW."""

    epochs: int = 3
    batch: int = 32
    max_tokens: int = 96
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    warmup: float = 0.08
    label_smoothing: float = 0.05
    weight_decay: float = 0.01
    seed: int = 20261121


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
    """Return ids and mask, padded to the longest example, and the labels."""
    longest = max(len(example.ids) for example in batch)
    ids = torch.full((len(batch), longest), _PAD_ID, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, example in enumerate(batch):
        ids[i, : len(example.ids)] = torch.tensor(example.ids)
        mask[i, : len(example.ids)] = 1
    return ids, mask, torch.tensor([example.label for example in batch])


def class_weights(examples: Sequence[Example]) -> Tensor:
    """Return one weight per label, inverse to its share, with mean 1 over the examples."""
    counts = Counter(example.label for example in examples)
    return torch.tensor([len(examples) / (len(LABELS) * max(counts[i], 1)) for i in range(len(LABELS))])


def fit(base: Path, rows: Sequence[Row], recipe: Recipe, out: Path) -> dict[str, object]:
    """Fine-tune the base encoder on `rows`; each epoch ends with a usable checkpoint in `out`.

    Returns:
        What the record of the run keeps: parameters, rows, seconds and the mean loss of each epoch.
    """
    network.seed_everything(recipe.seed)
    model = network.from_base(base)
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    examples = tokenise(rows, Tokenizer.from_file(str(base / "tokenizer.json")), recipe.max_tokens)
    steps = recipe.epochs * -(-len(examples) // recipe.batch)
    optimizer, schedule = _optimizer(model, recipe, steps)
    loss_of = nn.CrossEntropyLoss(class_weights(examples), label_smoothing=recipe.label_smoothing)
    draw = random.Random(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(base / "tokenizer.json", out / "tokenizer.json")
    started = time.monotonic()
    record: dict[str, object] = {
        "recipe": asdict(recipe), "preprocess_version": PREPROCESS_VERSION, "rows": len(examples), "epochs": []
    }
    epochs: list[dict[str, float]] = []
    for epoch in range(recipe.epochs):
        model.train()
        losses: list[float] = []
        for batch in batches(examples, recipe.batch, draw):
            ids, mask, labels = collate(batch)
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(ids, mask)
            loss = loss_of(logits.float(), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            losses.append(loss.item())
            if len(losses) % _LOG_EVERY == 0:
                _report(epoch, len(losses), steps // recipe.epochs, losses[-_LOG_EVERY:], started)
        epochs.append({"loss": sum(losses) / len(losses), "seconds": round(time.monotonic() - started, 1)})
        record["epochs"] = epochs
        network.save(model, out)
        (out / "fit.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return record


def _optimizer(
    model: network.Classifier, recipe: Recipe, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    encoder = [parameter for parameter in model.encoder.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in encoder if p.ndim > 1], "lr": recipe.encoder_rate, "weight_decay": recipe.weight_decay},
            {"params": [p for p in encoder if p.ndim == 1], "lr": recipe.encoder_rate, "weight_decay": 0.0},
            {"params": model.head.parameters(), "lr": recipe.head_rate, "weight_decay": 0.0},
        ]
    )
    warm = max(1, round(recipe.warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / max(1, steps - warm)))
    )
    return optimizer, schedule


def _report(epoch: int, done: int, total: int, losses: Sequence[float], started: float) -> None:
    mean = sum(losses) / len(losses)
    print(f"epoch {epoch + 1} step {done}/{total} loss {mean:.4f} after {time.monotonic() - started:.0f} s", flush=True)
