"""Reading the events of the stream."""

import math
import re

from pulso_contracts.events import FEEDBACK_SCORED, FeedbackScored
from pulso_contracts.feedback import EARLIEST

from pulso_trends.domain.period import LATEST

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Unusable(Exception):
    """An event that can never be indexed; `code` says why without quoting it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_event(kind: str, body: bytes) -> FeedbackScored:
    """The event in a message of the scored stream.

    Raises:
        Unusable: It is of another kind, does not follow the contract, or holds what no database can keep.
    """
    if kind != FEEDBACK_SCORED:
        raise Unusable("unknown event type")
    try:
        event = FeedbackScored.model_validate_json(body)
    except ValueError:
        raise Unusable("not a scored feedback") from None
    if not EARLIEST <= event.created_at <= LATEST:
        raise Unusable("created_at out of range")
    if not -1 <= event.score <= 1:
        raise Unusable("score out of range")
    if event.rating is not None and not 1 <= event.rating <= 5:
        raise Unusable("rating out of range")
    if any(isinstance(value, float) and not math.isfinite(value) for value in event.metadata.values()):
        raise Unusable("number not finite")
    if _NUL.search(body):
        raise Unusable("NUL character")
    return event
