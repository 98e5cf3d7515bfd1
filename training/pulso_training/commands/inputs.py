"""From the options of a command to checked rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from pulso_training import corpus, plan
from pulso_training.corpus import CorpusError, Row
from pulso_training.recipe import Recipe, read_recipe
from pulso_training.split import Part

DEVELOPMENT_ROWS = 400
"""The most rows of a file by which epochs are judged: 120 misled us (ADR 11), all take far too long."""


@dataclass(frozen=True)
class Inputs:
    """A recipe and all rows of its files, with where both come from."""

    recipe: Recipe
    rows: Sequence[Row]
    made_from: dict[str, object]

    def training(self) -> list[Row]:
        """Return the rows that the recipe chooses for training, in a fixed shuffled order."""
        wanted = self.recipe.rows
        seed = self.recipe.parameters.seed
        chosen = plan.training_rows(self.rows, wanted.per_class, wanted.per_class_default, seed)
        return [row for row in chosen for _ in range(wanted.repeats.get(row.file, 1))]

    def development(self) -> dict[str, list[Row]]:
        """Return by file the rows by which runs are compared."""
        return plan.parts(self.rows, Part.DEVELOPMENT, DEVELOPMENT_ROWS)


def read_inputs(recipe_name: str, data: Sequence[Path] | None, folder: Path | None) -> Inputs:
    """Read the recipe and the files that it wants: the project's from `folder`, then those of `data`.

    Our own phrases are always there; a recipe that names `files` leaves out what it does not name. Where a
    text stands under two labels the first one counts, in the order phrases, `folder`, `data`.

    Raises:
        CorpusError: when no file is given, or one cannot be trained on.
        RecipeError: when the recipe cannot be followed.
    """
    # This module is imported by every command; provenance needs torch.
    from pulso_training.provenance import fingerprints

    recipe = read_recipe(recipe_name)
    wanted = set(recipe.rows.files)
    planned = [path for path in plan.paths(folder) if not wanted or _name(path) in wanted] if folder else []
    paths = [*planned, *(data or ())]
    if not paths:
        raise CorpusError("no data is given: name files with --data or the project's folder with --folder")
    _check_names(paths, wanted)
    rows = [row for row in plan.all_rows(paths) if not wanted or row.file in wanted]
    if contradictions := _contradictions(rows):
        typer.echo(f"{contradictions:,} texts stand under two labels: the first one counts", err=True)
    return Inputs(
        recipe,
        rows,
        {"recipe": {"name": recipe_name, "sha256": recipe.sha256}, "files": fingerprints(paths)},
    )


def _name(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".csv")


def _check_names(paths: Sequence[Path], wanted: set[str]) -> None:
    names = [_name(path) for path in paths]
    if twice := {name for name in names if names.count(name) > 1}:
        raise CorpusError(f"two files are called {min(twice)}: rows are told apart by the name of their file")
    if absent := wanted - {*names, corpus.PHRASES}:
        raise CorpusError(f"the recipe asks for {', '.join(sorted(absent))}, not given by --data or --folder")


def _contradictions(rows: Sequence[Row]) -> int:
    labels: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.label:
            labels[row.key].add(row.label)
    return sum(len(found) > 1 for found in labels.values())
