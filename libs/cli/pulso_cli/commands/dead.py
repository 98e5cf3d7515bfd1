"""`pulso dead`: messages that could not be processed."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pulso_contracts.events import FEEDBACK_STREAM, SCORED_STREAM
from rich.table import Table

from pulso_cli.console import err, out, print_json
from pulso_cli.failures import EXIT_CODES_HELP, CommandFailed, ExitCode
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.state import require_stack

if TYPE_CHECKING:
    from pulso_cli.dead_letters import StreamsOfStack

app = typer.Typer(
    help="Look at messages that could not be processed; send them again or drop them.",
    no_args_is_help=True,
    epilog=EXIT_CODES_HELP,
)


class StreamName(StrEnum):
    """Where a message died: on its way to the model, or on its way to the index."""

    FEEDBACK = FEEDBACK_STREAM
    SCORED = SCORED_STREAM


RedisUrl = Annotated[
    str | None,
    typer.Option(envvar="PULSO_REDIS_URL", help="Redis of any stack, instead of --data-dir."),
]
Shards = Annotated[int, typer.Option(envvar="PULSO_STREAM_SHARDS", min=1, help="Shards of the streams.")]
From = Annotated[StreamName, typer.Option("--stream", help="Whose dead letters.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="As shown by `pulso dead list`.")]
All = Annotated[bool, typer.Option("--all", help="All that are dead now.")]


@app.command("list")
def list_letters(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many of each stream.")] = 50,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    redis_url: RedisUrl = None,
    shards: Shards = 4,
    as_json: AsJson = False,
) -> None:
    """List dead letters of both streams: id, error, tries and origin, never the text."""
    streams = _open(data_dir, redis_url, shards)
    pages = [streams.page(stream.value, limit) for stream in StreamName]
    total, rows = sum(count for count, _ in pages), [row for _, page in pages for row in page]
    if as_json:
        print_json({"total": total, "letters": rows})
        return
    if not rows:
        err.print("No dead letters.")
        return
    table = Table("Stream", "Id", "Message", "Error", "Tries", "Died at (UTC)")
    for row in rows:
        message, died = row["message"] or "unreadable", row["died_at"][:19].replace("T", " ")
        table.add_row(row["stream"], row["id"], message, row["error"], str(row["deliveries"]), died)
    out.print(table)
    if total > len(rows):
        err.print(f"{total - len(rows):,} more; --limit shows them.")


@app.command()
def replay(
    *,
    stream: From,
    ids: Ids = None,
    every: All = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    redis_url: RedisUrl = None,
    shards: Shards = 4,
) -> None:
    """Send dead letters again, after what killed them has been mended."""
    chosen = _chosen(ids, every)
    _tell(_open(data_dir, redis_url, shards).replay(stream.value, chosen), "sent again", chosen)


@app.command()
def drop(
    *,
    stream: From,
    ids: Ids = None,
    every: All = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    redis_url: RedisUrl = None,
    shards: Shards = 4,
) -> None:
    """Delete dead letters for ever."""
    chosen = _chosen(ids, every)
    _tell(_open(data_dir, redis_url, shards).drop(stream.value, chosen), "dropped", chosen)


def _open(data_dir: Path, redis_url: str | None, shards: int) -> "StreamsOfStack":
    # The Redis client is 15 MB that the supervisor, which imports all commands, need not hold.
    from pulso_cli.dead_letters import StreamsOfStack

    return StreamsOfStack(redis_url or require_stack(Layout.at(data_dir)).redis_url, shards)


def _chosen(ids: list[str] | None, every: bool) -> list[str] | None:
    """The ids; None for all.

    Raises:
        CommandFailed: Neither or both were given.
    """
    if bool(ids) == every:
        raise CommandFailed("Give ids, or --all.", ExitCode.USAGE)
    return ids or None


def _tell(count: int, done: str, chosen: list[str] | None) -> None:
    err.print(f"{count:,} {done}.")
    if chosen is not None and count < len(set(chosen)):
        raise CommandFailed(f"{len(set(chosen)) - count:,} of the ids were not found.")
