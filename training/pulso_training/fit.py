"""Fine-tuning: mixed precision, batches of like length, both heads, early stopping, resumable at any step."""

import hashlib
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from pulso_sentiment.model.preprocess import PREPROCESS_VERSION, preprocess
from tokenizers import Tokenizer
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from pulso_training import network, provenance
from pulso_training.augment import augment
from pulso_training.checkpoint import FIT_FILE, TOKENIZER_FILE, open_start
from pulso_training.corpus import Row
from pulso_training.cpu_speed import ready_for_training
from pulso_training.errors import InputError
from pulso_training.events import Epoch, Event, Steps
from pulso_training.examples import Example, grouped, padded, tokenise
from pulso_training.judge import development_score
from pulso_training.losses import Losses
from pulso_training.network import Classifier, device, mixed_precision
from pulso_training.recipe import Parameters
from pulso_training.resume import Progress, check_identity, discard, restore, store
from pulso_training.schedule import warm_linear
from pulso_training.storage import write_text, writing
from pulso_training.targets import Target, mixed, target

LOGS = "logs"
_REPORT_STEPS = 10
_STORE_SECONDS = 300.0

Report = Callable[[Event], object]


@dataclass(frozen=True)
class Material:
    """What a run learns and how it judges itself.

    Attributes:
        rows: What is trained on, in this order before it is shuffled.
        development: By file; what epochs are judged by.
        soft: A teacher's answers by text, or nothing.
        made_from: What the caller knows of the origin (files, recipe, teachers), for the record.
    """

    rows: Sequence[Row]
    development: Mapping[str, Sequence[Row]]
    soft: Mapping[str, Target] = field(default_factory=dict)
    made_from: Mapping[str, object] = field(default_factory=dict)


@dataclass
class FitRecord:
    """What is kept of a run beside its checkpoint; seconds are those of its steps, over all resumptions."""

    parameters: dict[str, object]
    rows: int
    steps: int
    rows_sha256: str
    classes: dict[str, dict[str, int]]
    made_from: dict[str, object]
    start: dict[str, Any]
    preprocess_version: int = PREPROCESS_VERSION
    identity: str = ""
    environment: dict[str, object] = field(default_factory=provenance.environment)
    started_at: str = ""
    ended_at: str = ""
    epochs: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0

    def __post_init__(self) -> None:
        decisive = [self.parameters, self.rows_sha256, self.made_from, self.start, self.preprocess_version]
        self.identity = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


class FitError(InputError):
    """A run that cannot begin or go on."""


class DivergedError(FitError):
    """The loss is no longer a number."""


def fit(start: Path, material: Material, parameters: Parameters, out: Path, report: Report) -> FitRecord:
    """Train from the encoder or checkpoint in `start`; `out` ends with the best epoch by development score.

    A run that was cut off goes on where it last stored itself, when it is started again on the same `out`;
    one that had ended is not repeated.

    Raises:
        CheckpointError: when `start` cannot be used.
        FitError: when the rows do not hold two classes, or the network does not fit the parameters;
            DivergedError when the loss is no longer a number.
        ResumeError: when `out` holds another run.
        StorageError: when `out` cannot be written; what was stored before is kept.
    """
    rows = [row for row in material.rows if preprocess(row.text)]
    _check(rows)
    torch.manual_seed(parameters.seed)
    model, tokenizer = open_start(start)
    record = FitRecord(
        parameters=parameters.model_dump(),
        rows=len(rows),
        steps=parameters.epochs * -(-len(rows) // parameters.batch),
        rows_sha256=provenance.rows_digest(rows),
        classes=provenance.census(rows),
        made_from={**material.made_from},
        start=provenance.record_of(start),
    )
    finished = _finished(out, record.identity)
    if finished is not None:
        return finished
    run = _Run(_shaped(model, parameters).to(device()), tokenizer, rows, material, parameters)
    with writing(out):
        (out / TOKENIZER_FILE).write_bytes((start / TOKENIZER_FILE).read_bytes())
    return run.complete(record, out, report)


class _Run:
    """A network on its way through the epochs."""

    def __init__(
        self,
        model: Classifier,
        tokenizer: Tokenizer,
        rows: Sequence[Row],
        material: Material,
        parameters: Parameters,
    ) -> None:
        model.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        ready_for_training(model.encoder)
        self.model, self.tokenizer = model, tokenizer
        self.rows, self.development, self.parameters = rows, material.development, parameters
        self.targets = [_target(row, material.soft, parameters) for row in rows]
        self.losses = Losses(self.targets, parameters)
        self.optimizer = _optimizer(model, parameters)

    def complete(self, record: FitRecord, out: Path, report: Report) -> FitRecord:
        """Go through the epochs that are left, keep the best one in `out` and write the record."""
        parameters = self.parameters
        progress = restore(out, self.model, self.optimizer, record.identity) or Progress(provenance.now())
        per_epoch = record.steps // parameters.epochs
        stored = time.monotonic()
        with SummaryWriter(
            str(out / LOGS), purge_step=progress.epoch * per_epoch + progress.step + 1
        ) as board:
            while progress.epoch < parameters.epochs and not _worse(progress.epochs, parameters.patience):
                for event in self._epoch(progress, record.steps):
                    board.add_scalar("loss", event.loss, event.done)
                    report(event)
                    if time.monotonic() - stored > _STORE_SECONDS:
                        store(out, self.model, self.optimizer, record.identity, progress)
                        stored = time.monotonic()
                score = development_score(self.model, self.tokenizer, self.development)
                best = progress.end_epoch(score)
                board.add_scalar("development", score, progress.epoch * per_epoch)
                if best:
                    with writing(out):
                        network.save(self.model, out)
                store(out, self.model, self.optimizer, record.identity, progress)
                report(Epoch(progress.epoch, score, progress.seconds))
        record.started_at, record.ended_at = progress.started, provenance.now()
        record.epochs, record.best_epoch = progress.epochs, progress.best
        write_text(out / FIT_FILE, json.dumps(asdict(record), indent=2) + "\n")
        discard(out)
        return record

    def _epoch(self, progress: Progress, total: int) -> Iterator[Steps]:
        """Go through what is left of an epoch, telling of every few steps."""
        self.model.train()
        batches = self._batches(progress.epoch)
        begun, before = time.monotonic(), progress.seconds
        recent: list[float] = []
        for batch in batches[progress.step :]:
            position = progress.epoch * len(batches) + progress.step
            recent.append(self._step(batch, position / total))
            progress.advance(recent[-1], before + time.monotonic() - begun)
            if len(recent) == _REPORT_STEPS or progress.step == len(batches):
                mean = sum(recent) / len(recent)
                recent.clear()
                yield Steps(progress.epoch + 1, position + 1, total, mean, progress.seconds)

    def _batches(self, epoch: int) -> list[list[Example]]:
        """Return the batches of one epoch, the same whenever the run comes back to it."""
        draw = random.Random(self.parameters.seed + epoch)
        share = self.parameters.augmented
        texts = [augment(row.text, draw) if draw.random() < share else row.text for row in self.rows]
        examples = tokenise(texts, self.targets, self.tokenizer, self.parameters.max_tokens)
        return list(grouped(examples, lambda example: len(example.ids), self.parameters.batch, draw))

    def _step(self, batch: Sequence[Example], done: float) -> float:
        """Learn one batch when `done` of the run lies behind; return its loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["full_rate"] * warm_linear(done, self.parameters.warmup)
        ids, mask = padded([example.ids for example in batch])
        with mixed_precision():
            outputs = self.model(ids.to(device()), mask.to(device()))
        loss = self.losses(outputs, [example.target for example in batch])
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        found = float(loss.detach())
        if not math.isfinite(found):
            raise DivergedError("the loss is no longer a number: choose a lower encoder_rate")
        return found


def _finished(out: Path, identity: str) -> FitRecord | None:
    """Return the record of the run that ended in `out`, if one has."""
    path = out / FIT_FILE
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    check_identity(out, identity, content.get("identity"))
    return FitRecord(**content)


def _check(rows: Sequence[Row]) -> None:
    if not rows:
        raise FitError("there is no row to train on")
    labels = {row.label for row in rows if row.label}
    classes = labels or {row.emotion for row in rows}
    if len(classes) == 1:
        raise FitError(f"all rows have one class, {classes.pop()}: there is nothing to learn")


def _shaped(model: Classifier, parameters: Parameters) -> Classifier:
    depth, positions = model.config.num_hidden_layers, model.config.max_position_embeddings
    if parameters.max_tokens > positions:
        raise FitError(f"the start reads {positions} tokens, max_tokens asks for {parameters.max_tokens}")
    if parameters.layers is None or parameters.layers == depth:
        return model
    if parameters.layers > depth:
        raise FitError(f"the start has {depth} layers, {parameters.layers} are asked for")
    return network.shallower(model, parameters.layers)


def _target(row: Row, soft: Mapping[str, Target], parameters: Parameters) -> Target:
    hard = target(row, parameters.label_smoothing)
    answer = soft.get(row.text)
    return hard if answer is None else mixed(hard, answer, parameters.label_share)


def _worse(epochs: Sequence[Mapping[str, float]], patience: int) -> bool:
    scores = [epoch["score"] for epoch in epochs]
    return len(scores) > patience and max(scores[-patience:]) < max(scores[:-patience])


def _optimizer(model: Classifier, parameters: Parameters) -> torch.optim.Optimizer:
    encoder = [parameter for parameter in model.encoder.parameters() if parameter.requires_grad]
    heads = [*model.sentiment.parameters(), *model.emotion.parameters()]
    groups = [
        ([tensor for tensor in encoder if tensor.ndim > 1], parameters.encoder_rate, parameters.weight_decay),
        ([tensor for tensor in encoder if tensor.ndim == 1], parameters.encoder_rate, 0.0),
        (heads, parameters.head_rate, 0.0),
    ]
    return torch.optim.AdamW(
        [
            {"params": tensors, "lr": rate, "full_rate": rate, "weight_decay": decay}
            for tensors, rate, decay in groups
        ],
        fused=True,
    )
