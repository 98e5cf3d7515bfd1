"""The settings of insights."""

from typing import Final, Self

from pulso_contracts.insights import MAX_BRIEF_SECONDS
from pulso_kit.database import DatabaseUrl
from pulso_kit.settings import ServiceSettings
from pydantic import AliasChoices, Field, HttpUrl, SecretStr, field_validator, model_validator

KEEPING_SECONDS: Final = 10.0
"""For the database to take a brief: as long as SQLite waits for another writer."""


class InsightsSettings(ServiceSettings):
    """Read from `PULSO_<FIELD>`; the language model's from the names that its clients know."""

    port: int = Field(default=8084, ge=1, le=65_535)
    database_url: DatabaseUrl = SecretStr("sqlite:///.pulso/insights.db")
    """Where briefs are kept."""
    trends_url: HttpUrl = HttpUrl("http://127.0.0.1:8083")
    """Where the facts come from."""
    trends_seconds: float = Field(default=10.0, gt=0)
    """How long one question to trends may take."""

    openai_api_key: SecretStr | None = Field(default=None, validation_alias=AliasChoices("OPENAI_API_KEY"))
    """With a key, briefs are worded by a language model; without, by the built-in writer."""
    openai_base_url: str | None = Field(default=None, validation_alias=AliasChoices("OPENAI_BASE_URL"))
    insights_model: str = "gpt-5-mini"
    """The model to ask."""
    insights_deadline_seconds: float = Field(default=60.0, gt=0, le=120)
    """For the language model's part, retries included; then the built-in writer takes over."""
    insights_at_once: int = Field(default=8, ge=1)
    """Briefs in the making at a time; further ones are told to come again."""

    @field_validator("openai_api_key", "openai_base_url", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _base_url_is_a_url(self) -> Self:
        if self.openai_base_url is not None:
            HttpUrl(self.openai_base_url)
        return self

    @model_validator(mode="after")
    def _briefs_are_in_time(self) -> Self:
        if self.brief_seconds > MAX_BRIEF_SECONDS:
            most = MAX_BRIEF_SECONDS - KEEPING_SECONDS
            raise ValueError(
                f"PULSO_TRENDS_SECONDS and PULSO_INSIGHTS_DEADLINE_SECONDS must not exceed {most:g} together"
            )
        return self

    @property
    def brief_seconds(self) -> float:
        """How long a brief may take: its facts, the language model, and keeping it."""
        return self.trends_seconds + self.insights_deadline_seconds + KEEPING_SECONDS
