"""Settings that all processes have, and all services; each service adds its own by subclassing."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """Where a process runs; production refuses settings that are only fit for one's own machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ProcessSettings(BaseSettings):
    """Read from `PULSO_<FIELD>` variables; a process with wrong settings refuses to start."""

    model_config = SettingsConfigDict(
        env_prefix="PULSO_", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"


class ServiceSettings(ProcessSettings):
    """Of what listens."""

    environment: Environment = Environment.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65_535)
    max_body_bytes: int = Field(default=8 * 1024 * 1024, ge=1024)
    """The largest request body, refused with 413 before it is read: 1,000 texts of 5,000 characters fit."""
    shutdown_seconds: float = Field(default=20.0, gt=0)
    """How long open requests and batches may take to finish after SIGTERM."""
    internal_token: SecretStr | None = None
    """When set, only callers that send it in `X-Pulso-Internal` are served: gateway and fellow services.
    Of several, with commas between, the first is sent and each accepted: so it can be changed on the run."""
    otlp_endpoint: HttpUrl | None = None
    """The base address of an OpenTelemetry collector, as in `http://collector:4318`; without it no traces."""
    trace_share: float = Field(default=1.0, ge=0, le=1)
    """The part of traces that is kept, decided where a trace begins."""

    @field_validator("otlp_endpoint", mode="before")
    @classmethod
    def _nowhere(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _production_is_closed(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if not self.internal_tokens:
                raise ValueError("PULSO_INTERNAL_TOKEN must be set in production")
            if min(map(len, self.internal_tokens)) < 24:
                raise ValueError("PULSO_INTERNAL_TOKEN must have at least 24 characters, each one of several")
        return self

    @property
    def internal_tokens(self) -> tuple[str, ...]:
        """The internal tokens that are accepted; the first is the one to send."""
        given = "" if self.internal_token is None else self.internal_token.get_secret_value()
        return tuple(token.strip() for token in given.split(",") if token.strip())
