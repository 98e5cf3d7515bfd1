"""`pulso restore`."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from pulso_cli.console import err
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.options import DEFAULT_DATA_DIR, DataDir
from pulso_cli.stack.layout import Layout


def restore(
    file: Annotated[
        Path, typer.Argument(help="What `pulso backup` made.", exists=True, dir_okay=False, readable=True)
    ],
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Make a data directory from a backup; `pulso up` starts it. A directory that is not empty is refused."""
    from pulso_cli.backup import archive

    root = Layout.at(data_dir).root
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CommandFailed(f"{root} is not empty; restore into a new directory.", ExitCode.USAGE)
    with err.status("Checking…"):
        archive.verify(file)
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{root.name}.", dir=root.parent))
        try:
            with err.status("Restoring…"):
                manifest = archive.unpack(file, folder)
            folder.rename(root)  # in one step, and only onto nothing or an empty directory
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        archive.sync_folder(root.parent)
    except OSError as error:
        raise CommandFailed(f"{root} could not be restored: {error.strerror}.") from error
    err.print(f"Restored as of {manifest.saved_at:%Y-%m-%d %H:%M:%S} UTC; `pulso up` starts it.")
