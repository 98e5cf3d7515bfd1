"""Whether a text gets one answer whatever shares its batch and whatever CPU reads it, by oneDNN's switch."""

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from pulso_cli.sample import generate
from pulso_sentiment.model import Array, Model, Tokens, load_model
from pulso_sentiment.model.base import join
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.model.offline import predict
from pulso_sentiment.settings import DEFAULT_MODEL

from bench.report import Report, main

TEXTS: Final = 500
QUICK_TEXTS: Final = 150
BATCHES: Final = (8, 32)
OLDER_CPUS: Final = ("AVX512_CORE", "AVX2_VNNI")
"""Ceilings of ONEDNN_MAX_CPU_ISA: without VNNI and bfloat16, and without AVX-512. Plain AVX2 cannot be
measured in this way: on a CPU that has more, OpenVINO 2026.4 returns no rows under it."""
INT8_CPUS: Final = ("AVX512_CORE_VNNI", "AVX2_VNNI")
"""Where int8 may be asked for; its answers have no bar, since it is not the default."""
SWITCH: Final = "ONEDNN_MAX_CPU_ISA"


def measure(report: Report) -> None:
    """Compares batches with single texts, then processes held to older instruction sets with this one."""
    count = QUICK_TEXTS if report.quick else TEXTS
    report.figure("texts", count)
    _compare_batches(report, count)
    here, seconds = _answers(count, None)
    labels, moves = [], []
    for ceiling in OLDER_CPUS:
        there, needed = _answers(count, ceiling)
        labels.append(_same_labels(there, here))
        moves.append(_compare_cpus(report, ceiling.lower(), there, here))
        report.figure(f"{ceiling.lower()}_speed_ratio", seconds / needed)
    for ceiling in INT8_CPUS:
        there, needed = _answers(count, ceiling, int8=True)
        _compare_cpus(report, f"int8_{ceiling.lower()}", there, here)
        report.figure(f"int8_{ceiling.lower()}_speed_ratio", seconds / needed)
    report.at_least("cpu_labels", min(labels), 0.995)
    report.at_most("cpu_probability", max(moves), 0.02)


def texts_of(count: int) -> list[str]:
    """Distinct believable texts, the same in each process."""
    records = generate(3 * count, seed=20261121, end=datetime(2026, 11, 20, tzinfo=UTC))
    texts = list(dict.fromkeys(record["text"] for record in records))[:count]
    if len(texts) < count:
        raise RuntimeError(f"the sample has only {len(texts)} distinct texts")
    return texts


def save_answers(file: str, count: int, *, int8: bool) -> None:
    """Writes the probabilities and the seconds of a second, warm pass; runs in a process of its own."""
    model, texts = load_model(DEFAULT_MODEL, int8=int8), texts_of(count)
    predict(model, texts)
    begun = time.process_time()
    probabilities = predict(model, texts)[1]
    np.savez(file, probabilities=probabilities, seconds=time.process_time() - begun)


def _compare_batches(report: Report, count: int) -> None:
    model = load_model(DEFAULT_MODEL)
    windows = [window for text in model.tokenise(texts_of(count)) for window in text.windows]
    alone = _in_batches(model, windows, 1)
    together = [_in_batches(model, windows, size) for size in BATCHES]
    report.at_least("batch_labels", min(_same_labels(found, alone) for found in together), 0.999)
    report.at_most("batch_probability", max(float(np.abs(found - alone).max()) for found in together), 0.01)


def _in_batches(model: Model, windows: list[Tokens], size: int) -> Array:
    order = list(range(len(windows)))
    random.Random(size).shuffle(order)
    batches = [order[first : first + size] for first in range(0, len(order), size)]
    logits = join([model.forward([windows[i] for i in batch]) for batch in batches]).sentiment
    lengths = [len(windows[i].ids) for i in order]
    return calibrated(logits, lengths, model.card.calibration.sentiment)[np.argsort(order)]


def _compare_cpus(report: Report, name: str, there: Array, here: Array) -> float:
    """Returns the largest move of a probability."""
    moved = np.abs(there - here).max(axis=1)
    report.figure(f"{name}_labels", _same_labels(there, here))
    report.figure(f"{name}_probability", float(moved.max()))
    report.figure(f"{name}_probability_p99", float(np.quantile(moved, 0.99)))
    return float(moved.max())


def _same_labels(found: Array, expected: Array) -> float:
    return float((found.argmax(axis=1) == expected.argmax(axis=1)).mean())


def _answers(count: int, ceiling: str | None, *, int8: bool = False) -> tuple[Array, float]:
    environment = {name: value for name, value in os.environ.items() if name != SWITCH}
    if ceiling is not None:
        environment[SWITCH] = ceiling
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.npz"
        code = f"from bench.one_answer import save_answers; save_answers({str(file)!r}, {count}, {int8=})"
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        with np.load(file) as saved:
            return saved["probabilities"], float(saved["seconds"])


if __name__ == "__main__":
    main(measure)
