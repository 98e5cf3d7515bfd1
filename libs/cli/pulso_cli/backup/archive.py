"""The file of a backup: a compressed tar whose first member tells the length and hash of all others.

The hashes find damage. They are no signature: who can change the file can change them too.
"""

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from pulso_cli.failures import CommandFailed, ExitCode

MANIFEST: Final = "manifest.json"
MOST_MANIFEST_BYTES: Final = 16 * 1024 * 1024
CHUNK_BYTES: Final = 1024 * 1024
_SAFE_PATH: Final = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)


class SavedFile(BaseModel):
    """What a file must be."""

    bytes: int = Field(ge=0)
    sha256: str


class Manifest(BaseModel):
    """What an archive holds. `format` changes when an older `pulso restore` could not read it."""

    format: Literal[1] = 1
    pulso: str = Field(default_factory=lambda: version("pulso-cli"))
    saved_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    files: dict[str, SavedFile]


class Damaged(CommandFailed):
    """The file is no backup, or not all of one."""

    def __init__(self, archive: Path, reason: str) -> None:
        super().__init__(f"{archive} is refused: {reason}. Nothing was written.", ExitCode.REFUSED)


def write(folder: Path, archive: Path) -> Manifest:
    """Makes an archive of all files below `folder`, readable by its owner only, and syncs it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = Manifest(files={str(path.relative_to(folder)): _measured(path) for path in paths})
    with _created(archive) as made:
        with (
            gzip.GzipFile(fileobj=made, mode="wb", compresslevel=6) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            text = manifest.model_dump_json(indent=2).encode()
            tar.addfile(_header(MANIFEST, len(text), manifest), io.BytesIO(text))
            for path in paths:
                name = str(path.relative_to(folder))
                with path.open("rb") as file:
                    tar.addfile(_header(name, manifest.files[name].bytes, manifest), file)
        made.flush()
        os.fsync(made.fileno())
    return manifest


def verify(archive: Path) -> Manifest:
    """Reads the archive to its end.

    Raises:
        Damaged: Something is missing, too much, or not as it was written.
    """
    return _read(archive, lambda _name: None)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Writes the files below `folder`, readable by their owner only, and syncs them.

    Raises:
        Damaged: The archive is not what `verify` has seen.
    """

    def create(name: str) -> IO[bytes]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return _created(path)

    manifest = _read(archive, create)
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        path.chmod(0o700)
        sync_folder(path)
    return manifest


def sync_folder(path: Path) -> None:
    """Returns when the names in a directory are on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(archive: Path, create: Callable[[str], IO[bytes] | None]) -> Manifest:
    try:
        with gzip.open(archive) as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                manifest = _manifest(archive, tar)
                missing = dict(manifest.files)
                while (member := tar.next()) is not None:
                    expected = missing.pop(member.name, None)
                    content = tar.extractfile(member) if member.isreg() else None
                    if expected is None or content is None:
                        raise Damaged(archive, "it holds what its manifest does not name")
                    if _copied(content, create(member.name)) != expected:
                        raise Damaged(archive, f"{member.name} is not as it was saved")
            packed.read()  # to the checksum at its end
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Damaged(archive, "it is damaged, cut off, or no backup of Pulso") from error
    if missing:
        raise Damaged(archive, "files are missing")
    return manifest


def _manifest(archive: Path, tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.isreg() else None
    if first is None or content is None or first.name != MANIFEST or first.size > MOST_MANIFEST_BYTES:
        raise Damaged(archive, "it is no backup of Pulso")
    try:
        manifest = Manifest.model_validate_json(content.read())
    except ValidationError as error:
        raise Damaged(archive, "this version of Pulso does not know its format") from error
    if not all(_SAFE_PATH.fullmatch(name) for name in manifest.files):
        raise Damaged(archive, "it names files outside its folder")
    return manifest


def _created(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _header(name: str, size: int, manifest: Manifest) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o600, int(manifest.saved_at.timestamp())
    return header


def _measured(path: Path) -> SavedFile:
    with path.open("rb") as content:
        return _copied(content, None)


def _copied(content: IO[bytes], file: IO[bytes] | None) -> SavedFile:
    """Reads to the end, into the file if there is one, which is synced and closed."""
    digest, size = hashlib.sha256(), 0
    try:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if file is not None:
                file.write(chunk)
        if file is not None:
            file.flush()
            os.fsync(file.fileno())
    finally:
        if file is not None:
            file.close()
    return SavedFile(bytes=size, sha256=digest.hexdigest())
