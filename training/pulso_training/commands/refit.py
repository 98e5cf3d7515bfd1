"""`pulso-train refit`: the emotion head anew, on an encoder that stays."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import DataOption, FolderOption, RecipeOption


def refit(
    *,
    checkpoint: Annotated[Path, typer.Option(help="What `fit`, `distil`, `blend` or `reopen` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint to write.")],
    data: DataOption = None,
    folder: FolderOption = None,
    recipe: RecipeOption = "student",
) -> None:
    """Learn the emotion head anew from the recipe's rows; encoder and sentiment stay as they are."""
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.refit import refit as run

    inputs = read_inputs(recipe, data, folder)
    power = inputs.recipe.parameters.class_weight_power
    rows = run(checkpoint, inputs.training(), power, inputs.made_from, out)
    typer.echo(f"{rows:,} rows, checkpoint in {out}")
