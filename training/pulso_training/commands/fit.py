"""`pulso-train fit`: fine-tune by a recipe."""

import typer

from pulso_training.commands.options import (
    PRETRAINED,
    DataOption,
    FolderOption,
    OutOption,
    RecipeOption,
    StartOption,
)


def fit(
    *,
    out: OutOption,
    recipe: RecipeOption = "teacher",
    data: DataOption = None,
    folder: FolderOption = None,
    start: StartOption = PRETRAINED,
) -> None:
    """Fine-tune an encoder or a checkpoint; the same command again goes on where it was cut off."""
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.commands.progress import bar
    from pulso_training.fit import Material
    from pulso_training.fit import fit as run

    inputs = read_inputs(recipe, data, folder)
    material = Material(inputs.training(), inputs.development(), made_from=inputs.made_from)
    with bar(recipe) as shown:
        record = run(start, material, inputs.recipe.parameters, out, shown)
    best = record.epochs[record.best_epoch - 1]
    typer.echo(f"{record.rows:,} rows, development {best['score']:.4f}, checkpoint in {out}")
