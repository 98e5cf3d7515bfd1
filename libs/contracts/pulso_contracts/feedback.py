"""Feedback as a client sends it, and what it is told about it."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from pulso_contracts.base import Lenient, Strict, UtcDatetime

MAX_TEXT_CHARACTERS = 5_000
MAX_BATCH_ITEMS = 1_000
MAX_METADATA_KEYS = 20
FUTURE_TOLERANCE = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Older moments are typing or conversion errors: no channel that Pulso reads existed before."""


class Channel(StrEnum):
    """Where the feedback was heard."""

    SURVEY = "survey"
    SOCIAL_MEDIA = "social_media"
    EMAIL = "email"
    CHAT = "chat"
    REVIEW = "review"
    MARKET = "market"
    OTHER = "other"


def _plausible(moment: datetime) -> datetime:
    if moment < EARLIEST:
        raise ValueError(f"must not be before {EARLIEST:%Y-%m-%d}")
    if moment > datetime.now(UTC) + FUTURE_TOLERANCE:
        raise ValueError("must not be more than 5 minutes in the future")
    return moment


PlausibleDatetime = Annotated[UtcDatetime, AfterValidator(_plausible)]
ShortText = Annotated[str, StringConstraints(max_length=200)]
MetadataKey = Annotated[str, StringConstraints(min_length=1, max_length=64)]
MetadataText = Annotated[str, StringConstraints(max_length=500)]
MetadataInteger = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""Integers that every JSON reader keeps exactly."""
MetadataNumber = Annotated[float, Field(allow_inf_nan=False)]
MetadataValue = MetadataText | bool | MetadataInteger | MetadataNumber | None


class FeedbackIn(Strict):
    """One piece of feedback, as accepted by `POST /feedback`."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARACTERS)] = Field(
        description="What the person said, in their own words.",
        examples=["El ceviche estuvo bacán, pero llegó tarde."],
    )
    channel: Channel = Field(description="Where it was heard.")
    source: ShortText | None = Field(
        default=None, description="The system it comes from.", examples=["google_maps"]
    )
    external_id: ShortText | None = Field(
        default=None, description="The item's id in its source; with `source` it makes repeats harmless."
    )
    created_at: PlausibleDatetime | None = Field(
        default=None,
        description="When it was said (RFC 3339 with offset); default: now.",
        examples=["2026-11-01T13:30:00-05:00"],
    )
    customer_id: ShortText | None = Field(default=None, description="Kept only as a keyed hash.")
    region: ShortText | None = Field(
        default=None,
        description="A department of Peru: name, alias, capital or ubigeo code.",
        examples=["Arequipa"],
    )
    product: ShortText | None = None
    product_category: ShortText | None = None
    rating: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] | None = Field(
        default=None, description="Stars, 1 to 5."
    )
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = (
        Field(default=None, description="A language tag such as `es`; detected from the text when absent.")
    )
    metadata: dict[MetadataKey, MetadataValue] | None = Field(default=None, max_length=MAX_METADATA_KEYS)

    @field_validator("text")
    @classmethod
    def _has_something_to_read(cls, text: str) -> str:
        if not any(character.isprintable() and not character.isspace() for character in text):
            raise ValueError("must not be blank")
        return text

    @field_validator(
        "source", "external_id", "customer_id", "region", "product", "product_category", mode="after"
    )
    @classmethod
    def _blank_is_absent(cls, value: str | None) -> str | None:
        return value or None


class FeedbackStatus(StrEnum):
    """What became of one item."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


Warning = Literal["unknown_region", "redacted"]  # noqa: A001 - the field's word; the built-in is an exception class


class FeedbackAccepted(Lenient):
    """The answer to one accepted item: it is in the stream, on disk."""

    id: str
    status: Literal[FeedbackStatus.ACCEPTED, FeedbackStatus.DUPLICATE]
    warnings: list[Warning] = []


class FieldError(Lenient):
    """What is wrong with one field."""

    field: str
    message: str


class BatchItemResult(Lenient):
    """What became of the item at `index` of a batch."""

    index: int
    status: FeedbackStatus
    id: str | None = None
    warnings: list[Warning] = []
    errors: list[FieldError] = []


class BatchResult(Lenient):
    """The answer to a batch; `items` is in the order sent."""

    accepted: int
    duplicates: int
    rejected: int
    items: list[BatchItemResult]
