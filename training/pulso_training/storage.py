"""Writing files so that they are there whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from pulso_training.errors import InputError

BEGUN = ".begun"
"""The ending of a file that is being written; it loses it by being renamed."""


class StorageError(InputError):
    """A file could not be written; what was there before is still there."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a failure to write files of `folder` into one sentence and leave none of them half-written.

    Raises:
        StorageError: when the disk is full, or the folder may not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        for begun in folder.glob(f"*{BEGUN}"):
            begun.unlink(missing_ok=True)
        # torch and safetensors tell of a full disk in words of their own, without the reason.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is the disk full?"
        raise StorageError(f"{folder} cannot be written: {reason}") from error


def write_text(path: Path, text: str) -> None:
    """Write a whole UTF-8 file or nothing.

    Raises:
        StorageError: as `writing` does.
    """
    with writing(path.parent):
        begun = path.with_name(path.name + BEGUN)
        begun.write_text(text, encoding="utf-8")
        begun.replace(path)
