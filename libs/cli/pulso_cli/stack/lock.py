"""One stack per data directory."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulso_cli.failures import CommandFailed

_TRIES = 5
_PAUSE_SECONDS = 0.05


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds the lock while the body runs. The kernel frees it with the process, however that ends.

    Raises:
        CommandFailed: Another living process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _taken(descriptor):
            raise CommandFailed(
                f"A stack already runs in {path.parent}; `pulso down` stops it, "
                "and another --data-dir and --port run a second one beside it."
            )
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    # A command that asks `held` has the lock for a moment: only one that stays taken belongs to a stack.
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
