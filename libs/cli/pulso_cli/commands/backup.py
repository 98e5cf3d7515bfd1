"""`pulso backup`."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pulso_cli.console import err
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.options import DEFAULT_DATA_DIR, DataDir
from pulso_cli.stack.layout import Layout


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make, as in pulso-2026-11-22.tar.gz.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Save all that the stack in the data directory knows into one file, while it runs.

    The file holds customers' words and the key of their hashes: keep it as safe as the data directory itself.
    """
    # The Redis client is 15 MB that the supervisor, which imports all commands, need not hold.
    from pulso_cli.backup import archive, saving

    file = file.absolute()
    if file.exists():
        raise CommandFailed(f"{file} exists already; no backup is written over.", ExitCode.USAGE)
    try:
        # Beside the file, so that it appears in one step, whole; both are made for the owner alone.
        with tempfile.TemporaryDirectory(prefix=".pulso-backup-", dir=file.parent) as name:
            folder = Path(name)
            (folder / "data").mkdir()
            with err.status("Saving…"):
                saving.save(Layout.at(data_dir), folder / "data")
                manifest = archive.write(folder / "data", folder / "archive")
                archive.verify(folder / "archive")
            (folder / "archive").rename(file)
        archive.sync_folder(file.parent)
    except OSError as error:
        raise CommandFailed(f"{file} could not be made: {error.strerror}.") from error
    total = sum(saved.bytes for saved in manifest.files.values())
    err.print(f"Saved {total / 2**20:,.1f} MiB of data in {file.stat().st_size / 2**20:,.1f} MiB.")
