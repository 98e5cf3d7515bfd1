"""Who said it and which item it is, without keeping either in the clear.

One secret key serves both; without it, neither a customer number nor a text can be guessed from its hash.
A new key makes new ids: imports done before it are no longer recognised as repeats.
"""

import hmac
import json
from datetime import datetime

from pulso_contracts.feedback import FeedbackIn

ID_CHARACTERS = 32


def customer_hash(key: bytes, customer_id: str) -> str:
    """The customer as a keyed hash: equal for the same customer, useless without the key."""
    return _digest(key, "customer", customer_id)


def feedback_id(key: bytes, item: FeedbackIn) -> str:
    """The idempotency key of an item.

    `(source, external_id)` when both are given: a corrected text under the same id is a repeat. Otherwise all
    that the client sent: an id without a source is unique at best within one export. So items that say the
    same are one, unless an id, a time or another field tells them apart.
    """
    if item.source is not None and item.external_id is not None:
        return _digest(key, "external", item.source, item.external_id)
    sent = item.model_dump(exclude_none=True)
    return _digest(key, "content", json.dumps(sent, sort_keys=True, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _digest(key: bytes, *parts: str) -> str:
    return hmac.digest(key, json.dumps(parts).encode(), "sha256").hex()[:ID_CHARACTERS]
