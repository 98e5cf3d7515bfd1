"""What ingest is told by its environment."""

from pathlib import Path
from typing import Final, Self

from pulso_contracts.feedback import MAX_BATCH_ITEMS
from pulso_kit.settings import Environment, ServiceSettings
from pydantic import Field, SecretStr, field_validator, model_validator

MEBIBYTE: Final = 1024 * 1024
DEVELOPMENT_CUSTOMER_KEY: Final = "development-only-customer-key-is-refused-in-production"


class IngestSettings(ServiceSettings):
    """Read from `PULSO_<FIELD>` variables."""

    port: int = Field(default=8081, ge=1, le=65_535)
    redis_url: str = "redis://127.0.0.1:6379/0"
    stream_shards: int = Field(default=4, ge=1, le=256)
    """Fixed for the life of the data, and the same in every service."""
    stream_max_length: int = 1_000_000
    """Entries in the feedback stream; beyond it, requests are refused and imports wait."""
    dedup_seconds: float = Field(default=3600.0, gt=0)
    """How long the stream itself knows a repeat; later ones are found by the index of feedback."""

    customer_key: SecretStr = SecretStr(DEVELOPMENT_CUSTOMER_KEY)
    """The secret of customer hashes and item ids; at least 32 characters, and one's own in production."""

    data_dir: Path = Path(".pulso")
    """Uploads and the state of imports lie under `imports/` here. It must outlive the process."""
    max_import_bytes: int = Field(default=2 * 1024 * MEBIBYTE, ge=1024)
    """The largest upload."""
    max_expanded_bytes: int = Field(default=8 * 1024 * MEBIBYTE, ge=1024)
    """The most that a compressed upload may expand to."""
    max_open_imports: int = Field(default=100, ge=1)
    """Imports queued or running; more are refused with 503."""
    import_chunk_rows: int = Field(default=500, ge=1, le=10_000)
    """Rows published together; also the most that is done twice after a crash."""

    @field_validator("customer_key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if len(key.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return key

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        own = self.customer_key.get_secret_value() != DEVELOPMENT_CUSTOMER_KEY
        if self.environment is Environment.PRODUCTION and not own:
            raise ValueError("PULSO_CUSTOMER_KEY must be set in production")
        # A batch may fall into one shard, and one that can never fit would be tried for ever.
        largest = max(MAX_BATCH_ITEMS, self.import_chunk_rows)
        if self.stream_max_length < largest * self.stream_shards:
            raise ValueError(f"PULSO_STREAM_MAX_LENGTH must be at least {largest * self.stream_shards}")
        return self
