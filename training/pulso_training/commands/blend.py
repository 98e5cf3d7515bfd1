"""`pulso-train blend`: between a network and what became of it."""

from pathlib import Path
from typing import Annotated

import typer


def blend(
    before: Annotated[Path, typer.Option(help="Checkpoint that a training started from.")],
    after: Annotated[Path, typer.Option(help="Checkpoint that it ended with.")],
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint to write.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="How much of the later one.")] = 0.5,
) -> None:
    """Write the mean of two checkpoints, to keep what further training would forget."""
    from pulso_training.blend import blend as run

    run(before, after, share, out)
    typer.echo(f"checkpoint in {out}")
