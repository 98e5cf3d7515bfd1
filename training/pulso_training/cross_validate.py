"""How much a score depends on which rows are trained on: K runs, each judged by the fold it did not see.

Folds are by text hash over the training and development parts; held-out texts stay unseen. Nothing is left to
choose an epoch by, so all runs go through all of theirs and the last one counts.
"""

import json
import random
import shutil
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulso_training.checkpoint import open_fitted
from pulso_training.corpus import Row
from pulso_training.fit import Material, Report, fit
from pulso_training.judge import macro_f1
from pulso_training.network import device
from pulso_training.provenance import record_of, rows_digest
from pulso_training.recipe import Recipe
from pulso_training.resume import check_identity
from pulso_training.split import Part, fold_of, part_of
from pulso_training.storage import write_text


@dataclass(frozen=True)
class Spread:
    """Macro-F1 on a file over the folds; `deviation` is that of a sample, 0 for one fold."""

    mean: float
    deviation: float
    folds: tuple[float, ...]


def cross_validate(
    start: Path,
    recipe: Recipe,
    rows: Iterable[Row],
    *,
    folds: int,
    out: Path,
    report: Callable[[int], Report],
) -> dict[str, Spread]:
    """Train and judge `folds` times; folds that `out` has the scores of are not repeated.

    Args:
        start: Encoder or checkpoint.
        recipe: Which rows are seen and how.
        rows: All rows; those held out are left out here.
        folds: At least 2.
        out: Where the scores of each fold go, and the checkpoint of the one that runs.
        report: Gives for a fold, counted from 1, who is told of its events.

    Returns:
        By file, what was measured.
    """
    chosen = _chosen(rows, recipe)
    identity = f"{recipe.sha256} {folds} {rows_digest(chosen)} {record_of(start)['files']}"
    scores: dict[str, list[float]] = defaultdict(list)
    for number in range(folds):
        path = out / f"fold-{number + 1}.json"
        if path.is_file():
            stored = json.loads(path.read_text(encoding="utf-8"))
            check_identity(out, identity, stored["identity"])
        else:
            judged, training = _divided(chosen, number, folds)
            training = [row for row in training for _ in range(recipe.rows.repeats.get(row.file, 1))]
            folder = out / f"fold-{number + 1}"
            fit(start, Material(training, {}), recipe.parameters, folder, report(number + 1))
            stored = {"identity": identity, "scores": _scores(folder, judged)}
            write_text(path, json.dumps(stored, indent=2) + "\n")
            shutil.rmtree(folder)
        for file, score in stored["scores"].items():
            scores[file].append(score)
    return {file: _spread(found) for file, found in sorted(scores.items())}


def _chosen(rows: Iterable[Row], recipe: Recipe) -> list[Row]:
    """Return the rows that the recipe would take if its training part were all that is not held out."""
    groups: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    taken: set[str] = set()
    for row in rows:
        key = row.key
        if key and key not in taken and part_of(key) is not Part.HELD_OUT:
            taken.add(key)
            groups[row.file, row.label or row.emotion][key] = row
    draw = random.Random(recipe.parameters.seed)
    chosen: list[Row] = []
    for (file, _), group in sorted(groups.items()):
        most = recipe.rows.per_class.get(file, recipe.rows.per_class_default)
        chosen += draw.sample(list(group.values()), min(most, len(group)))
    draw.shuffle(chosen)
    return chosen


def _divided(rows: Iterable[Row], number: int, folds: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of a fold and all others."""
    inside: list[Row] = []
    outside: list[Row] = []
    for row in rows:
        (inside if fold_of(row.key, folds) == number else outside).append(row)
    return inside, outside


def _scores(checkpoint: Path, rows: Sequence[Row]) -> dict[str, float]:
    by_file: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_file[row.file].append(row)
    model, tokenizer = open_fitted(checkpoint)
    found = macro_f1(model.to(device()), tokenizer, by_file)
    return {file: round(score, 4) for file, score in found.items()}


def _spread(scores: Sequence[float]) -> Spread:
    deviation = statistics.stdev(scores) if len(scores) > 1 else 0.0
    return Spread(round(statistics.mean(scores), 4), round(deviation, 4), tuple(scores))
