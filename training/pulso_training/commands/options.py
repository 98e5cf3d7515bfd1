"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

RecipeOption = Annotated[str, typer.Option(help="Name of a recipe of the project, or a TOML file.")]
DataOption = Annotated[
    list[Path] | None,
    typer.Option(help="CSV of text,label[,rating,domain,country][,emotion], may be gzipped; repeatable."),
]
FolderOption = Annotated[Path | None, typer.Option(help="Folder of the project's own gzip CSV files.")]
StartOption = Annotated[Path, typer.Option(help="Encoder or checkpoint to start from.")]
OutOption = Annotated[Path, typer.Option(help="Folder to write; a run that was cut off goes on there.")]

BASE = Path(".cache/base/encoder")
PRETRAINED = Path(".cache/pretrained")
