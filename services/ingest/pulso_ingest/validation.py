"""From bytes to valid items: strict JSON, and one list of field errors per bad item."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final

import jiter
from pulso_contracts.feedback import FeedbackIn, FieldError
from pulso_kit.errors import field_errors
from pydantic import ValidationError

from pulso_ingest.domain.columns import shown

MOST_ERRORS: Final = 20
_METADATA_VALUE: Final = "must be a text of at most 500 characters, a number, true, false or null"
_QUOTED: Final = re.compile(r'^Detected duplicate key ".*"(?= at line)', re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"


class InvalidJson(ValueError):
    """Not JSON, not UTF-8, nested too deeply, or a name twice in one object; says where, quotes nothing."""


def strict_json(document: bytes) -> Any:
    """The value of a JSON document.

    `NaN` is let through as a number, so that the field that holds it can be named.

    Raises:
        InvalidJson: With line and column.
    """
    try:
        return jiter.from_json(document.removeprefix(_BOM), catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        raise InvalidJson(_QUOTED.sub("a name occurs twice in one object", str(error))) from None


def json_lines(document: bytes) -> Iterator[bytes]:
    """The lines of an NDJSON document that are not blank."""
    return (line for line in map(bytes.strip, BytesIO(document.removeprefix(_BOM))) if line)


def valid_item(value: object) -> FeedbackIn | list[FieldError]:
    """The item, or what is wrong with it."""
    if not isinstance(value, dict):
        return [FieldError(field="", message="must be an object")]
    try:
        return FeedbackIn.model_validate(value)
    except ValidationError as error:
        return told(error.errors(include_url=False, include_context=False, include_input=False))


def told(errors: Sequence[Any]) -> list[FieldError]:
    """Pydantic's errors as they may be shown and kept: few, and without what somebody typed as a name.

    A wrong metadata value breaks the rule of each type that it could have; it gets one error.
    """
    found: dict[str, FieldError] = {}
    for error in field_errors(list(errors[:MOST_ERRORS])):
        name, message = error.field, error.message
        if name.startswith("metadata.") and not name.endswith("[key]"):
            name, message = name.rpartition(".")[0], _METADATA_VALUE
        found.setdefault(name, FieldError(field=shown(name), message=message))
    return list(found.values())


def valid_line(line: bytes) -> FeedbackIn | list[FieldError]:
    """The item of one line of NDJSON, or what is wrong with it."""
    try:
        return valid_item(strict_json(line))
    except InvalidJson as error:
        return [FieldError(field="", message=f"is not valid JSON: {error}")]
