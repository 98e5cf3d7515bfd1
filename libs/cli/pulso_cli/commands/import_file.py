"""`pulso import`."""

from pathlib import Path
from typing import Annotated

import typer
from pulso_contracts.feedback import Channel
from pulso_contracts.imports import ImportJob
from rich.table import Table

from pulso_cli.console import err, out, print_json
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.importing import FileToImport
from pulso_cli.importing import import_file as send
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir, Key, Url
from pulso_cli.target import open_gateway

_SHOWN_REJECTIONS = 10


def import_file(
    *,
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, NDJSON or XLSX; also .gz."),
    ],
    channel: Annotated[Channel | None, typer.Option(help="For rows without one.")] = None,
    source: Annotated[str | None, typer.Option(help="For rows without one.")] = None,
    region: Annotated[str | None, typer.Option(help="For rows without one.")] = None,
    product: Annotated[str | None, typer.Option(help="For rows without one.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="THEIRS=OURS", help="Their column is our field.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Return when the rows are scored and in trends.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Import a file of feedback; a second import of the same rows changes nothing."""
    for column in columns or []:
        if not all(part.strip() for part in column.partition("=")):
            raise CommandFailed(f"--map takes THEIRS=OURS, not {column!r}.", ExitCode.USAGE)
    defaults = {
        "channel": channel.value if channel else None,
        "source": source,
        "region": region,
        "product": product,
    }
    with open_gateway(data_dir, url, key) as gateway:
        job = send(gateway, FileToImport(file, defaults, tuple(columns or ())), wait=wait)
    if as_json:
        print_json(job.model_dump(mode="json"))
    else:
        _show(job, wait=wait)
    if job.rejected:
        raise typer.Exit(ExitCode.PARTIAL)


def _show(job: ImportJob, *, wait: bool) -> None:
    if not wait:
        err.print(f"Import {job.id} runs.")
        return
    counts = f"{job.accepted:,} accepted, {job.duplicates:,} duplicates, {job.rejected:,} rejected"
    out.print(f"{job.rows:,} rows: {counts}.")
    if job.ignored_columns:
        err.print(f"Columns without a field of that name, ignored: {', '.join(job.ignored_columns)}.")
    if job.unknown_regions:
        err.print(f"Unknown regions, kept as none: {', '.join(job.unknown_regions)}.")
    if job.rejected_rows:
        table = Table("Row", "Why")
        for rejected in job.rejected_rows[:_SHOWN_REJECTIONS]:
            table.add_row(
                str(rejected.row), "; ".join(f"{wrong.field} {wrong.message}" for wrong in rejected.errors)
            )
        err.print(table)
        if job.rejected > _SHOWN_REJECTIONS:
            err.print(f"{job.rejected - _SHOWN_REJECTIONS:,} more; --json lists them.")
