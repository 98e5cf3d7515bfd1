"""`pulso-train cross-validate`: mean and spread of a recipe's scores."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from pulso_training.commands.options import (
    PRETRAINED,
    DataOption,
    FolderOption,
    OutOption,
    RecipeOption,
    StartOption,
)


def cross_validate(
    *,
    out: OutOption,
    recipe: RecipeOption = "teacher",
    data: DataOption = None,
    folder: FolderOption = None,
    start: StartOption = PRETRAINED,
    folds: Annotated[int, typer.Option(min=2, max=20)] = 5,
) -> None:
    """Train once for each fold and judge by it; held-out texts stay unseen."""
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.commands.progress import bar
    from pulso_training.cross_validate import cross_validate as run
    from pulso_training.fit import Report
    from pulso_training.storage import write_text

    inputs = read_inputs(recipe, data, folder)
    with bar(recipe) as shown:

        def report(fold: int) -> Report:
            shown.begin(f"fold {fold} of {folds}")
            return shown

        found = run(start, inputs.recipe, inputs.rows, folds=folds, out=out, report=report)
    for file, spread in found.items():
        typer.echo(f"{file:24} macro-F1 {spread.mean:.3f} ± {spread.deviation:.3f}")
    content = {file: asdict(spread) for file, spread in found.items()}
    write_text(
        out / "cross-validation.json", json.dumps(inputs.made_from | {"files": content}, indent=2) + "\n"
    )
