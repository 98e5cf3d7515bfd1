"""The gateway's settings."""

from enum import StrEnum
from typing import Annotated, Self

from pulso_kit.database import DatabaseUrl
from pulso_kit.settings import ServiceSettings
from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from pulso_gateway.domain.api_keys import Role
from pulso_gateway.domain.routes import Service


class Need(StrEnum):
    """What the gateway can make its own readiness depend on."""

    DATABASE = "database"
    """Of the keys. Without it, keys that were good lately are still let in."""
    INGEST = "ingest"
    SENTIMENT = "sentiment"
    TRENDS = "trends"
    INSIGHTS = "insights"


PerMinute = Annotated[int, Field(ge=1, le=10_000_000)]


class GatewaySettings(ServiceSettings):
    """Read from `PULSO_<FIELD>`."""

    port: int = Field(default=8080, ge=1, le=65_535)
    database_url: DatabaseUrl = SecretStr("sqlite:///.pulso/gateway.db")
    """Where API keys are kept."""
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    """Where request rates are counted, so that all gateways share them."""
    admin_key: SecretStr | None = None
    """A key with the role `admin` that is in no database: how the first real keys are made."""

    ingest_url: HttpUrl = HttpUrl("http://127.0.0.1:8081")
    sentiment_url: HttpUrl = HttpUrl("http://127.0.0.1:8082")
    trends_url: HttpUrl = HttpUrl("http://127.0.0.1:8083")
    insights_url: HttpUrl = HttpUrl("http://127.0.0.1:8084")

    rate_reader: PerMinute = 1_200
    rate_writer: PerMinute = 6_000
    rate_admin: PerMinute = 60_000
    rate_anonymous: PerMinute = 600
    """Pages and documents without a key, per client address and minute."""
    rate_refused: PerMinute = 60
    """Wrong keys per client address and minute; past it, no further key of that address is looked up."""

    max_upload_bytes: int = Field(default=2 * 1024**3, ge=1024)
    """The largest file for `POST /imports`."""
    ready_requires: Annotated[frozenset[Need], NoDecode] = frozenset(Need)
    """Without what the gateway itself is not ready, as a comma-separated list."""

    @field_validator("ready_requires", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @model_validator(mode="after")
    def _admin_key_is_long(self) -> Self:
        if self.admin_key is not None and len(self.admin_key.get_secret_value()) < 32:
            raise ValueError("PULSO_ADMIN_KEY must have at least 32 characters")
        return self

    def service_urls(self) -> dict[Service, str]:
        """Where each service is."""
        return {
            Service.INGEST: str(self.ingest_url),
            Service.SENTIMENT: str(self.sentiment_url),
            Service.TRENDS: str(self.trends_url),
            Service.INSIGHTS: str(self.insights_url),
        }

    def rates(self) -> dict[Role, int]:
        """Requests per minute that one key of each role may make."""
        return {Role.READER: self.rate_reader, Role.WRITER: self.rate_writer, Role.ADMIN: self.rate_admin}
