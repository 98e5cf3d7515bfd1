"""Who is calling: the key, checked against the store, with a short memory of keys that were good."""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from pulso_kit.errors import Unauthenticated

from pulso_gateway.domain.api_keys import Role, digest_of, parse_key
from pulso_gateway.domain.key_record import KeyRecord
from pulso_gateway.store.keys import KeyStore

MEMORY_SECONDS: Final = 5.0
"""A key revoked through another gateway process works for at most this long."""
MEMORY_KEYS: Final = 10_000
BOOTSTRAP_ID: Final = "bootstrap"


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller."""

    key_id: str
    role: Role


class KeyVerifier:
    """Verifies keys. The store is asked once per key and five seconds, so it never is the bottleneck."""

    def __init__(self, store: KeyStore, *, admin_key: str | None) -> None:
        self._store = store
        self._admin_digest = None if admin_key is None else digest_of(admin_key)
        self._known: OrderedDict[str, tuple[KeyRecord, float]] = OrderedDict()

    def recall(self, text: str) -> Caller | None:
        """The caller, when memory alone can tell: the bootstrap key, or one that was good a moment ago."""
        digest = digest_of(text)
        if self._admin_digest is not None and hmac.compare_digest(digest, self._admin_digest):
            return Caller(BOOTSTRAP_ID, Role.ADMIN)
        key = parse_key(text)
        record, until = self._known.get(key.id, (None, 0.0)) if key is not None else (None, 0.0)
        if record is None or until < time.monotonic() or not hmac.compare_digest(digest, record.digest):
            return None
        self._known.move_to_end(record.id)
        return Caller(record.id, record.role)

    async def verify(self, text: str) -> Caller:
        """The caller whose key this is.

        Raises:
            Unauthenticated: The key has the wrong form, is unknown, or was revoked.
            Unavailable: The store cannot be reached.
        """
        known = self.recall(text)
        if known is not None:
            return known
        key = parse_key(text)
        record = None if key is None else await self._store.find(key.id)
        if key is None or record is None or not hmac.compare_digest(key.digest, record.digest):
            raise Unauthenticated("This API key is not known.")
        if record.revoked_at is not None:
            raise Unauthenticated("This API key was revoked.")
        await self._store.note_use(record.id)
        self._remember(record)
        return Caller(record.id, record.role)

    def forget(self, key_id: str) -> None:
        """Makes this process ask the store again: a revoked key ends here at once."""
        self._known.pop(key_id, None)

    def _remember(self, record: KeyRecord) -> None:
        self._known[record.id] = (record, time.monotonic() + MEMORY_SECONDS)
        self._known.move_to_end(record.id)
        while len(self._known) > MEMORY_KEYS:
            self._known.popitem(last=False)
