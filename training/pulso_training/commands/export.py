"""`pulso-train export`: a checkpoint becomes a folder that is served."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import DataOption, FolderOption, RecipeOption
from pulso_training.precision import Precision


def export(
    *,
    checkpoint: Annotated[Path, typer.Option(help="What `fit` or `distil` wrote.")],
    out: Annotated[Path, typer.Option(help="Folder of the served model; what it holds is replaced.")],
    data: DataOption = None,
    folder: FolderOption = None,
    recipe: RecipeOption = "student",
    precision: Annotated[Precision, typer.Option(help="What the file holds.")] = Precision.BF16,
    most: Annotated[int, typer.Option(min=0, help="Held-out texts per file; 0 means all.")] = 0,
) -> None:
    """Write the served files, calibrated, with card and scores; refused where they answer unlike fp32."""
    from pulso_training import plan
    from pulso_training.checkpoint import open_fitted
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.export import Texts
    from pulso_training.export import export as run
    from pulso_training.split import Part

    open_fitted(checkpoint)
    inputs = read_inputs(recipe, data, folder)
    texts = Texts(
        inputs.training(),
        plan.parts(inputs.rows, Part.DEVELOPMENT),
        plan.parts(inputs.rows, Part.HELD_OUT, most),
    )
    card = run(checkpoint, texts, inputs.recipe, precision=precision, out=out, say=typer.echo)
    typer.echo(f"{card.version}, {card.precision}, in {out}")
