"""The registry: a folder of served models that never change, each under the hash of what it holds.

An entry is `<registry>/<first 12 digits of the hash>/` with the copied folder in `model/` and what is known
of it in `entry.json`. It is made under a temporary name and renamed, so it is there whole or not at all.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pulso_sentiment.model.card import read_card
from pulso_sentiment.model.checksums import digest, verify_sums

from pulso_training import provenance
from pulso_training.errors import InputError

ENTRY_FILE = "entry.json"
MODEL_FOLDER = "model"
TRAINING_FILE = "training.json"
_ID_DIGITS = 12


class RegistryError(InputError):
    """A model that cannot be registered, or an entry that is absent or was changed."""


@dataclass(frozen=True)
class Entry:
    """One registered model.

    Attributes:
        content: SHA-256 over the names and SHA-256s of the files in order of their names.
        files: SHA-256 by path below the model's folder.
        metrics: Scores of the card, by data file.
        provenance: What the model's `training.json` says: data, code, parameters, machine.
        registered_at: In UTC.
    """

    name: str
    version: str
    content: str
    files: dict[str, str]
    metrics: dict[str, Any]
    provenance: dict[str, Any]
    registered_at: str

    @property
    def id(self) -> str:
        """The name of the entry's folder."""
        return self.content[:_ID_DIGITS]


def register(model: Path, registry: Path) -> tuple[Entry, bool]:
    """Copy a served model folder into the registry; tell whether it is new there.

    Raises:
        RegistryError: when the folder is no whole model, or the registry cannot be written.
    """
    entry = _describe(model)
    target = registry / entry.id
    if target.is_dir():
        return show(entry.id, registry), False
    begun: Path | None = None
    try:
        registry.mkdir(parents=True, exist_ok=True)
        begun = Path(tempfile.mkdtemp(prefix=f".{entry.id}-", dir=registry))
        for name in entry.files:
            _copy(model / name, begun / MODEL_FOLDER / name)
        (begun / ENTRY_FILE).write_text(_sealed(entry), encoding="utf-8")
        if _fingerprints(begun / MODEL_FOLDER) != entry.files:
            raise RegistryError(f"{model} changed while it was being copied")
        _make_read_only(begun)
        begun.rename(target)
    except OSError as error:
        raise RegistryError(f"{registry} cannot be written: {error.strerror or error}") from error
    finally:
        if begun is not None and begun.exists():
            _remove(begun)
    return entry, True


def entries(registry: Path) -> list[Entry]:
    """Return the entries, the latest last; their models are not checked."""
    found = [_read(path) for path in sorted(registry.glob(f"[0-9a-f]*/{ENTRY_FILE}"))]
    return sorted(found, key=lambda entry: entry.registered_at)


def show(name: str, registry: Path) -> Entry:
    """Return the entry whose id begins with `name`, after checking every file of it.

    Raises:
        RegistryError: when there is no such entry, several, or it was changed after it had been registered.
    """
    found = [path for path in sorted(registry.glob(f"{name}*/{ENTRY_FILE}")) if name.isalnum()]
    if len(found) != 1:
        raise RegistryError(f"{registry} has {len(found) or 'no'} entries that begin with {name}")
    entry = _read(found[0])
    files = _fingerprints(found[0].parent / MODEL_FOLDER)
    changed = sorted(path for path, _ in files.items() ^ entry.files.items())
    if changed:
        raise RegistryError(f"{entry.id} was changed after it had been registered: {changed[0]}")
    return entry


def _describe(model: Path) -> Entry:
    try:
        verify_sums(model)
        card = read_card(model)
    except (ValueError, OSError) as error:
        raise RegistryError(f"{model} cannot be registered: {error}") from error
    files = _fingerprints(model)
    record = model / TRAINING_FILE
    return Entry(
        card.name,
        card.version,
        _content(files),
        files,
        {file: score.model_dump() for file, score in card.scores.items()},
        json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {},
        provenance.now(),
    )


def _fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest(path) for path in files}


def _content(files: Mapping[str, str]) -> str:
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def _sealed(entry: Entry) -> str:
    """Return `entry.json`, whose last key is the SHA-256 of the others: so a changed figure shows as well."""
    content = asdict(entry)
    return json.dumps(content | {"seal": _seal(content)}, indent=2, ensure_ascii=False) + "\n"


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> Entry:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        seal = content.pop("seal")
        entry = Entry(**content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RegistryError(f"{path} is damaged") from error
    if seal != _seal(content) or entry.id != path.parent.name or entry.content != _content(entry.files):
        raise RegistryError(f"{path.parent.name} was changed after it had been registered: {path.name}")
    return entry


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, target.open("xb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())


def _make_read_only(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def _remove(folder: Path) -> None:
    """Remove a folder that may have been made read-only."""
    for path in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        path.chmod(0o755)
    shutil.rmtree(folder)
