"""The bases of all contract models, and the types that several of them share."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

LIMA = timezone(timedelta(hours=-5), "America/Lima")
"""Peru's civil time: UTC-5 all year, no daylight saving since 1994 (IANA America/Lima)."""


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and the last hours of the calendar, which Python cannot shift
        raise ValueError("must lie within the years 1 to 9999 in UTC") from None


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with an offset, kept in UTC; a moment without an offset is refused."""


class Strict(BaseModel):
    """A body that a client writes: a misspelt name is an error, not silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Lenient(BaseModel):
    """An event or an answer: readers ignore names that a newer writer added."""

    model_config = ConfigDict(extra="ignore", frozen=True)
