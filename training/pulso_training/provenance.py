"""What a run depends on: data, code, libraries, machine, and the record of what it started from."""

import hashlib
import json
import os
import platform
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from pulso_sentiment.model.checksums import digest

from pulso_training.checkpoint import TOKENIZER_FILE, WEIGHTS_FILE
from pulso_training.corpus import Row
from pulso_training.network import compute_dtype

RECORD_FILES = ("fit.json", "pretrain.json", "base.json")
"""Where the steps `fit` and `distil`, `pretrain`, and `base` leave their record."""

_PACKAGE = Path(__file__).parent
_CPUINFO = Path("/proc/cpuinfo")
_LIBRARIES = ("torch", "transformers", "tokenizers", "safetensors", "numpy", "scikit-learn")


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fingerprints(paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name."""
    return {path.name: digest(path) for path in paths}


def census(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Count rows by file and class (label, or emotion where there is no label)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.file][row.label or row.emotion] += 1
    return {file: dict(sorted(counts[file].items())) for file in sorted(counts)}


def rows_digest(rows: Iterable[Row]) -> str:
    """Return the SHA-256 of rows in their order: of all that a run learns from."""
    content = hashlib.sha256()
    for row in rows:
        told = [row.file, row.text, row.label, row.emotion, row.rating]
        content.update(json.dumps(told).encode() + b"\n")
    return content.hexdigest()


def environment() -> dict[str, object]:
    """Return code, versions of the libraries and machine."""
    return {
        "code": code(),
        "libraries": {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES},
        "machine": machine(),
    }


def code() -> dict[str, object]:
    """Return the SHA-256 over this package's files; in a checkout, the commit and whether it was altered."""
    content = hashlib.sha256()
    files = (path for path in _PACKAGE.rglob("*") if path.is_file() and path.suffix not in {".pyc", ".begun"})
    for path in sorted(files):
        content.update(f"{digest(path)}  {path.relative_to(_PACKAGE).as_posix()}\n".encode())
    commit = _git("rev-parse", "HEAD")
    altered = None if commit is None else bool(_git("status", "--porcelain"))
    return {"sha256": content.hexdigest(), "commit": commit, "altered": altered}


def machine() -> dict[str, object]:
    """Return processor, cores, memory in GiB, GPU, and what matrices are multiplied in."""
    processor = platform.processor() or platform.machine()
    if _CPUINFO.exists():
        lines = _CPUINFO.read_text(encoding="utf-8").splitlines()
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        processor = next(names, processor)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "gpu": gpu,
        "compute_dtype": str(compute_dtype()).removeprefix("torch."),
    }


def record_of(folder: Path) -> dict[str, Any]:
    """Return the SHA-256 of weights and tokeniser and the record beside them, with that of its own start."""
    found = next((folder / name for name in RECORD_FILES if (folder / name).is_file()), None)
    record = json.loads(found.read_text(encoding="utf-8")) if found else None
    return {"files": fingerprints(folder / name for name in (WEIGHTS_FILE, TOKENIZER_FILE)), "record": record}


def _git(*arguments: str) -> str | None:
    """Return what git answers for the folder of this package; None where there is no git or no checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(_PACKAGE), *arguments], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
