"""What the sentiment service is told by its environment."""

from enum import StrEnum
from pathlib import Path
from typing import Final

from pulso_kit.settings import ServiceSettings
from pydantic import Field

_IN_REPOSITORY = Path(__file__).resolve().parents[3] / "models" / "default"
DEFAULT_MODEL: Final = str(_IN_REPOSITORY) if _IN_REPOSITORY.is_dir() else "models/default"
MEBIBYTE: Final = 1024 * 1024


class Role(StrEnum):
    """What a process does: HTTP, the stream, or both; a cluster scales the two apart."""

    ALL = "all"
    API = "api"
    WORKER = "worker"


class SentimentSettings(ServiceSettings):
    """Read from `PULSO_<FIELD>` variables."""

    port: int = Field(default=8082, ge=1, le=65_535)
    max_body_bytes: int = Field(default=8 * MEBIBYTE, ge=1024)
    """256 texts of 5,000 characters fit, even escaped."""

    role: Role = Role.ALL
    model: str = Field(default=DEFAULT_MODEL, min_length=1)
    """A folder with a `model.json`, a transformers folder or hub id, or `dummy`."""

    int8: bool = False
    """Multiply in int8 on CPUs with VNNI and without AMX: twice as fast as f32, but answers then move with
    the kind of CPU (docs/adr/0029-int8-on-request.md). The same in every pod, or trends move with pods."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    stream_shards: int = Field(default=4, ge=1, le=256)
    """Fixed for the life of the data, and the same in every service."""
    stream_max_length: int = Field(default=1_000_000, ge=1_000)
    """Entries in the stream of scored feedback; beyond it the worker waits."""
    stream_claim_idle_seconds: float = Field(default=15.0, gt=0)
    """Silence of a worker after which another takes over its batches; a slow worker renews its leases."""

    cached_texts: int = Field(default=20_000, ge=0)
    """Answers that are kept for texts that come again, some 1 kB each; 0 keeps none."""
    shared_cache_seconds: int = Field(default=0, ge=0)
    """How long answers are also kept on the Redis server, for all pods; 0 keeps none there."""
