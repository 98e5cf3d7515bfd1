"""Settings of trends."""

from enum import StrEnum

from pulso_kit.database import DatabaseUrl
from pulso_kit.settings import ServiceSettings
from pydantic import Field, HttpUrl, SecretStr

from pulso_trends.domain.retention import LEAST_DAYS


class Role(StrEnum):
    """What a process does: answer queries, index, or both."""

    ALL = "all"
    API = "api"
    INDEXER = "indexer"


class TrendsSettings(ServiceSettings):
    """Read from `PULSO_<FIELD>` variables."""

    port: int = Field(default=8083, ge=1, le=65_535)
    role: Role = Role.ALL
    database_url: DatabaseUrl = SecretStr("sqlite:///.pulso/trends.db")
    """Migrated at start."""
    redis_url: str = "redis://127.0.0.1:6379/0"
    sentiment_url: HttpUrl = HttpUrl("http://127.0.0.1:8082")
    """Asked how the model confuses sentiments, and for vectors of words; without an answer shares are not
    corrected, and topics stay as they are."""
    stream_shards: int = Field(default=4, ge=1, le=256)
    index_batch_size: int = Field(default=250, ge=1, le=1_000)
    """Items stored in one transaction."""
    stream_claim_idle_seconds: float = Field(default=15.0, gt=0)
    """Silence of an indexer after which another takes over its batch; a slow one renews its leases."""
    watch_seconds: float = Field(default=60.0, gt=0, le=3_600)
    """From one look at all trends to the next, while items come."""
    retention_days: int | None = Field(default=None, ge=LEAST_DAYS, le=36_500)
    """Days for which items are kept, by when they were written; then they are forgotten, what was counted of
    them is not. By default for ever: how long is the company's choice, by what it told its customers."""
    live_max_clients: int = Field(default=200, ge=1)
    """Clients of the live feed; further ones are told to come again."""
    live_poll_seconds: float = Field(default=1.0, gt=0, le=5)
    """How often the live feed looks for what other processes indexed."""

    @property
    def serves(self) -> bool:
        """Whether this process answers queries."""
        return self.role is not Role.INDEXER

    @property
    def indexes(self) -> bool:
        """Whether this process consumes the stream."""
        return self.role is not Role.API
