"""Fine-tuning on CPU: bfloat16, batches of like length, frozen word embeddings, class weights."""

import json
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from pulso_sentiment.model.preprocess import PREPROCESS_VERSION
from tokenizers import Tokenizer
from torch import nn

from pulso_training import network
from pulso_training.corpus import Row
from pulso_training.examples import Example, batches, class_weights, collate, tokenise

FIT_FILE = "fit.json"
_REPORT_STEPS = 50
_LAST_RATE = 0.02


@dataclass(frozen=True)
class Recipe:
    """The parameters of one run; lengths in tokens, warm-up as a share of the steps."""

    epochs: int = 3
    batch: int = 32
    max_tokens: int = 96
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    warmup: float = 0.08
    label_smoothing: float = 0.05
    weight_decay: float = 0.01
    seed: int = 20261121


REFINEMENT = Recipe(epochs=2, encoder_rate=6e-5, head_rate=3e-4)
"""Two gentle epochs from a checkpoint."""


@dataclass
class FitRecord:
    """What is kept of a run beside its checkpoint; seconds count from its start.

    `earlier` is the record of the run that this one went on from.
    """

    recipe: dict[str, object]
    rows: int
    steps: int
    preprocess_version: int = PREPROCESS_VERSION
    epochs: list[dict[str, float]] = field(default_factory=list)
    earlier: dict[str, object] | None = None


def fit(
    start: Path, rows: Sequence[Row], recipe: Recipe, out: Path, report: Callable[[str], None]
) -> FitRecord:
    """Fine-tune on `rows`; each epoch ends with a usable checkpoint in `out`.

    Args:
        start: the base encoder, or a checkpoint to go on from.
        rows: what to learn.
        recipe: how.
        out: the folder of the checkpoint.
        report: gets a line of progress now and then.
    """
    torch.manual_seed(recipe.seed)
    earlier = _earlier(start)
    model = network.from_base(start) if earlier is None else network.load(start)
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    examples = tokenise(rows, Tokenizer.from_file(str(start / "tokenizer.json")), recipe.max_tokens)
    steps = recipe.epochs * -(-len(examples) // recipe.batch)
    record = FitRecord(asdict(recipe), len(examples), steps, earlier=earlier)
    optimizer, schedule = _optimizer(model, recipe, steps)
    loss_of = nn.CrossEntropyLoss(class_weights(examples), label_smoothing=recipe.label_smoothing)
    draw = random.Random(recipe.seed)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(start / "tokenizer.json", out / "tokenizer.json")
    started = time.monotonic()
    for epoch in range(1, recipe.epochs + 1):
        losses: list[float] = []
        model.train()
        for batch in batches(examples, recipe.batch, draw):
            losses.append(_step(model, batch, loss_of, optimizer))
            schedule.step()
            if len(losses) % _REPORT_STEPS == 0:
                mean = sum(losses[-_REPORT_STEPS:]) / _REPORT_STEPS
                report(f"epoch {epoch} step {len(losses)} loss {mean:.3f} {time.monotonic() - started:.0f} s")
        seconds = round(time.monotonic() - started, 1)
        record.epochs.append({"loss": round(sum(losses) / len(losses), 4), "seconds": seconds})
        network.save(model, out)
        (out / FIT_FILE).write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
    return record


def _earlier(start: Path) -> dict[str, object] | None:
    path = start / FIT_FILE
    if not path.exists():
        return None
    record: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _step(
    model: network.Classifier,
    batch: Sequence[Example],
    loss_of: nn.CrossEntropyLoss,
    optimizer: torch.optim.Optimizer,
) -> float:
    ids, mask, labels = collate(batch)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(ids, mask)
    loss = loss_of(logits.float(), labels)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def _optimizer(
    model: network.Classifier, recipe: Recipe, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    encoder = [parameter for parameter in model.encoder.parameters() if parameter.requires_grad]
    matrices = [parameter for parameter in encoder if parameter.ndim > 1]
    vectors = [parameter for parameter in encoder if parameter.ndim == 1]
    optimizer = torch.optim.AdamW(
        [
            {"params": matrices, "lr": recipe.encoder_rate, "weight_decay": recipe.weight_decay},
            {"params": vectors, "lr": recipe.encoder_rate, "weight_decay": 0.0},
            {"params": list(model.head.parameters()), "lr": recipe.head_rate, "weight_decay": 0.0},
        ]
    )
    warm = max(1, round(recipe.warmup * steps))

    def rate(step: int) -> float:
        return min((step + 1) / warm, max(_LAST_RATE, (steps - step) / max(1, steps - warm)))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
