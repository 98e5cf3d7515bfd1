"""`pulso dead`: messages that could not be processed."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pulso_contracts.events import FEEDBACK_STREAM, SCORED_STREAM
from pulso_streams import DeadLetter, DeadLetters, Stream, StreamUnavailable, connect
from rich.table import Table

from pulso_cli.console import err, out, print_json
from pulso_cli.failures import EXIT_CODES_HELP, CommandFailed, ExitCode
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.state import require_stack

app = typer.Typer(
    help="Look at messages that could not be processed; send them again or drop them.",
    no_args_is_help=True,
    epilog=EXIT_CODES_HELP,
)
Outcome = TypeVar("Outcome")


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

    async def read(letters: DeadLetters) -> tuple[int, list[DeadLetter]]:
        return await letters.count(), (await letters.page(limit=limit))[0]

    answers = {stream: _ask(stream, data_dir, redis_url, shards, read) for stream in StreamName}
    total = sum(count for count, _ in answers.values())
    rows = [_row(stream, letter) for stream, (_, page) in answers.items() for letter in page]
    if as_json:
        print_json({"total": total, "letters": rows})
        return
    if not rows:
        err.print("No dead letters.")
        return
    table = Table("Stream", "Id", "Message", "Error", "Tries", "Died at (UTC)")
    for row in rows:
        died = row["died_at"][:19].replace("T", " ")
        table.add_row(
            row["stream"],
            row["id"],
            row["message"] or "unreadable",
            row["error"],
            str(row["deliveries"]),
            died,
        )
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

    async def act(letters: DeadLetters) -> int:
        return await (letters.replay_all() if chosen is None else letters.replay(chosen))

    _tell(_ask(stream, data_dir, redis_url, shards, act), "sent again", chosen)


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

    async def act(letters: DeadLetters) -> int:
        return await (letters.drop_all() if chosen is None else letters.drop(chosen))

    _tell(_ask(stream, data_dir, redis_url, shards, act), "dropped", chosen)


def _ask(
    stream: StreamName,
    data_dir: Path,
    redis_url: str | None,
    shards: int,
    act: Callable[[DeadLetters], Awaitable[Outcome]],
) -> Outcome:
    url = redis_url or require_stack(Layout.at(data_dir)).redis_url

    async def connected() -> Outcome:
        client = connect(url)
        try:
            return await act(DeadLetters(client, Stream(stream.value, shards=shards)))
        finally:
            await client.aclose()

    try:
        return asyncio.run(connected())
    except StreamUnavailable as error:
        raise CommandFailed("The stream server does not answer.", ExitCode.NOT_RUNNING) from error
    except ValueError as error:
        raise CommandFailed(f"{str(error).capitalize()}.", ExitCode.USAGE) from error


def _row(stream: StreamName, letter: DeadLetter) -> dict[str, Any]:
    return {
        "stream": stream.value,
        "id": letter.id,
        "message": letter.message.id if letter.message else None,
        "error": letter.error,
        "deliveries": letter.deliveries,
        "group": letter.group,
        "origin": letter.origin,
        "died_at": letter.died_at.isoformat(),
    }


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
