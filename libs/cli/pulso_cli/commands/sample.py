"""`pulso sample`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pulso_cli.console import err
from pulso_cli.failures import CommandFailed


def sample(
    out: Annotated[Path, typer.Option(help="NDJSON or CSV by its suffix; .gz compresses.")],
    rows: Annotated[int, typer.Option(min=1, help="How many items.")] = 6_000,
    seed: Annotated[int, typer.Option(help="The same seed and --end give the same file.")] = 1,
    end: Annotated[
        datetime | None,
        typer.Option(help="Moment of the newest item (UTC); default: now.", show_default=False),
    ] = None,
) -> None:
    """Write a made-up feed of Peruvian feedback: the last 120 days, with planted trends."""
    # Loads the phrase books, which no other command needs.
    from pulso_cli.sample import write_sample

    newest = datetime.now(UTC) if end is None else end.replace(tzinfo=UTC)
    try:
        with err.status(f"Writing {rows:,} items…"):
            write_sample(out, rows, seed, newest)
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{out} cannot be written: {error}.") from error
    err.print(f"{rows:,} items in {out}.")
