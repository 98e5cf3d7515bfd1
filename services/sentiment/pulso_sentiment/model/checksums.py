"""SHA256SUMS of a model folder: a half-copied or changed model must not score one text."""

import hashlib
from pathlib import Path

SUMS_FILE = "SHA256SUMS"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> None:
    """Write the digests of all files of `folder` as sha256sum does; prose may be edited, so not of it."""
    files = sorted(path for path in folder.iterdir() if path.name != SUMS_FILE and path.suffix != ".md")
    lines = [f"{digest(path)}  {path.name}\n" for path in files]
    (folder / SUMS_FILE).write_text("".join(lines), encoding="utf-8")


def verify_sums(folder: Path) -> None:
    """Check every file that `SHA256SUMS` names.

    Raises:
        ValueError: when the list is absent, or a file is absent or differs.
    """
    sums = folder / SUMS_FILE
    if not sums.is_file():
        raise ValueError(f"{folder.name} has no {SUMS_FILE}")
    for line in sums.read_text(encoding="utf-8").splitlines():
        expected, _, name = line.partition("  ")
        path = folder / name
        if not path.is_file() or digest(path) != expected:
            raise ValueError(f"{folder.name}/{name} is absent or differs from its checksum")
