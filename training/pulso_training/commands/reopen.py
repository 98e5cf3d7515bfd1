"""`pulso-train reopen`: a served model becomes a checkpoint again."""

from pathlib import Path
from typing import Annotated

import typer


def reopen(
    model: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of a served model.")],
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint, for --start and --teacher.")],
) -> None:
    """Write the checkpoint of a served model, to go on from it with labels of one's own."""
    from pulso_training.reopen import reopen as run

    run(model, out)
    typer.echo(f"checkpoint in {out}")
