"""Valkey's data as files from which a new server starts.

A server with an append-only file reads nothing else at its start, so a snapshot takes the place of the file's
base (https://valkey.io/topics/persistence/).
"""

import asyncio
import shutil
from pathlib import Path
from typing import Final

from pulso_streams import StreamUnavailable, connect, write_snapshot

from pulso_cli.failures import CommandFailed, ExitCode

FOLDER: Final = "appendonlydir"
BASE: Final = "appendonly.aof.1.base.rdb"


def copy_stopped(home: Path, target: Path) -> None:
    """Copies the files of a server that does not run."""
    if (home / FOLDER).is_dir():
        shutil.copytree(home / FOLDER, target / FOLDER)


def save_running(redis_url: str, home: Path, target: Path) -> None:
    """Saves all streams as they are at one moment, while the server serves.

    Raises:
        CommandFailed: The server is away or could not write its snapshot.
    """
    try:
        asyncio.run(_snapshot(redis_url))
    except StreamUnavailable as error:
        raise CommandFailed(f"{str(error).capitalize()}.", ExitCode.NOT_RUNNING) from error
    (target / FOLDER).mkdir(parents=True)
    shutil.copyfile(home / "dump.rdb", target / FOLDER / BASE)
    (home / "dump.rdb").unlink()
    manifest = f"file {BASE} seq 1 type b\n"
    (target / FOLDER / "appendonly.aof.manifest").write_text(manifest, encoding="ascii")


async def _snapshot(redis_url: str) -> None:
    client = connect(redis_url)
    try:
        await write_snapshot(client)
    finally:
        await client.aclose()
