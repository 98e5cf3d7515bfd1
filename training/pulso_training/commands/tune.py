"""`pulso-train tune`: search for the parameters of a recipe."""

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


def tune(
    *,
    out: OutOption,
    recipe: RecipeOption = "teacher",
    data: DataOption = None,
    folder: FolderOption = None,
    start: StartOption = PRETRAINED,
    trials: Annotated[int, typer.Option(min=1, help="Trials in all, over all calls.")] = 20,
    minutes: Annotated[float, typer.Option(min=0, help="No trial begins after that.")] = 60,
    rows: Annotated[int, typer.Option(min=0, help="Train on so many rows only; 0 means all.")] = 0,
) -> None:
    """Search for better parameters; the best ones are printed and written as a recipe."""
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.commands.progress import bar
    from pulso_training.fit import Material
    from pulso_training.tune import BEST_FILE
    from pulso_training.tune import tune as run

    inputs = read_inputs(recipe, data, folder)
    material = Material(inputs.training()[: rows or None], inputs.development(), made_from=inputs.made_from)
    with bar(recipe) as shown:
        best = run(start, inputs.recipe, material, out, trials=trials, minutes=minutes, report=shown)
    typer.echo(best.as_toml())
    typer.echo(f"written to {out / BEST_FILE}")
