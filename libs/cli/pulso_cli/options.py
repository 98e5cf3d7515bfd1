"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path, typer.Option("--data-dir", help="Directory of the one-machine stack.", envvar="PULSO_STACK_DIR")
]
DEFAULT_DATA_DIR = Path(".pulso")

Url = Annotated[
    str | None,
    typer.Option("--url", help="Gateway of any stack, instead of --data-dir.", envvar="PULSO_URL"),
]
Key = Annotated[
    str | None, typer.Option("--key", help="API key for --url.", envvar="PULSO_API_KEY", show_envvar=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
