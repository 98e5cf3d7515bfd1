"""Errors as RFC 9457 problem details."""

from typing import Final

from pulso_contracts.base import Lenient
from pulso_contracts.feedback import FieldError

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
PROBLEM_TYPE_PREFIX: Final = "urn:pulso:problem:"


class Problem(Lenient):
    """A problem document. `type` is stable and meant for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: list[FieldError] = []
