"""Log files of the processes: appended by them, kept short by the supervisor."""

import os
import shutil
from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024


def open_log(path: Path) -> int:
    """A descriptor for a process's stdout and stderr.

    Appending, so that the file may be cut to nothing under a process that writes it.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def rotate(path: Path, max_bytes: int = MAX_BYTES) -> bool:
    """Moves the content to `<name>.log.1` when there is too much of it; tells whether it did.

    Copied and cut rather than renamed: the process keeps its descriptor and need not know. A line written
    between copy and cut is lost, which a log may bear and data may not.
    """
    if not path.exists() or path.stat().st_size <= max_bytes:
        return False
    shutil.copyfile(path, path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)
    return True


def tail(path: Path, lines: int = 12) -> list[str]:
    """The last lines, read from at most the last 64 KiB."""
    if not path.exists():
        return []
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536))
        return file.read().decode("utf-8", errors="replace").splitlines()[-lines:]
