"""`pulso-train calibrate`: temperatures and thresholds of a served model, from texts of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import DataOption, FolderOption


def calibrate(
    model: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of a served model.")],
    data: DataOption = None,
    folder: FolderOption = None,
) -> None:
    """Fit temperatures and thresholds on the development part of the files; rewrites the model's card."""
    from pulso_training import plan
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.judgement import calibrate as run
    from pulso_training.split import Part

    inputs = read_inputs("teacher", data, folder)
    card = run(model, plan.parts(inputs.rows, Part.DEVELOPMENT))
    scale = card.calibration.sentiment
    typer.echo(
        f"temperature exp({scale.intercept:.3f} + {scale.slope:.3f} ln(tokens/32) + {scale.margin:.3f} m)"
    )
    for each in card.thresholds:
        typer.echo(
            f"{each.use}: from confidence {each.confidence:.2f}, {each.coverage:.0%} of the texts, "
            f"{each.accuracy:.0%} right"
        )
