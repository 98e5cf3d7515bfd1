"""Who is calling: the key, checked against the store, with a short memory of keys that were good."""

import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from pulso_kit.errors import Unauthenticated, Unavailable

from pulso_gateway.domain.api_keys import ApiKey, Role, digest_of, parse_key
from pulso_gateway.domain.key_record import KeyRecord
from pulso_gateway.metrics import KEY_FALLBACKS
from pulso_gateway.store.keys import KeyStore

MEMORY_SECONDS: Final = 5.0
"""A key revoked through another gateway process works for at most this long."""
OUTAGE_SECONDS: Final = 3600.0
"""While the store cannot be reached, a key that was good this long ago is still let in: an outage of the
database of keys must not close the door to feedback. Nobody can revoke a key meanwhile anyway."""
MEMORY_KEYS: Final = 10_000
BOOTSTRAP_ID: Final = "bootstrap"


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller."""

    key_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class _Known:
    """A key that was good at `seen`, and for which memory vouches up to `until`; monotonic seconds."""

    record: KeyRecord
    seen: float
    until: float


class KeyVerifier:
    """Verifies keys. The store is asked once per key and five seconds, so it never is the bottleneck."""

    def __init__(self, store: KeyStore, *, admin_key: str | None) -> None:
        self._store = store
        self._admin_digest = None if admin_key is None else digest_of(admin_key)
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def recall(self, text: str) -> Caller | None:
        """The caller, when memory alone can tell: the bootstrap key, or one that was good a moment ago."""
        digest = digest_of(text)
        if self._admin_digest is not None and hmac.compare_digest(digest, self._admin_digest):
            return Caller(BOOTSTRAP_ID, Role.ADMIN)
        known = self._remembered(parse_key(text))
        return None if known is None or known.until < time.monotonic() else _caller(known.record)

    async def verify(self, text: str) -> Caller:
        """The caller whose key this is.

        Raises:
            Unauthenticated: The key has the wrong form, is unknown, or was revoked.
            Unavailable: The store cannot be reached, and the key was not good lately.
        """
        known = self.recall(text)
        if known is not None:
            return known
        key = parse_key(text)
        try:
            record = None if key is None else await self._store.find(key.id)
            if key is None or record is None or not hmac.compare_digest(key.digest, record.digest):
                raise Unauthenticated("This API key is not known.")
            if record.revoked_at is not None:
                self.forget(key.id)
                raise Unauthenticated("This API key was revoked.")
            await self._store.note_use(record.id)
        except Unavailable:
            known = self._vouched_for(key)
            if known is None:
                raise
            return known
        self._remember(record, seen=time.monotonic())
        return _caller(record)

    def forget(self, key_id: str) -> None:
        """Makes this process ask the store again: a revoked key ends here at once."""
        self._known.pop(key_id, None)

    def _vouched_for(self, key: ApiKey | None) -> Caller | None:
        """The caller by memory, while the store is away; the store is asked again after as long as usual."""
        known = self._remembered(key)
        if known is None or known.seen + OUTAGE_SECONDS < time.monotonic():
            return None
        KEY_FALLBACKS.inc()
        self._remember(known.record, seen=known.seen)
        return _caller(known.record)

    def _remembered(self, key: ApiKey | None) -> _Known | None:
        known = None if key is None else self._known.get(key.id)
        if key is None or known is None or not hmac.compare_digest(key.digest, known.record.digest):
            return None
        self._known.move_to_end(key.id)
        return known

    def _remember(self, record: KeyRecord, *, seen: float) -> None:
        self._known[record.id] = _Known(record, seen, until=time.monotonic() + MEMORY_SECONDS)
        self._known.move_to_end(record.id)
        while len(self._known) > MEMORY_KEYS:
            self._known.popitem(last=False)


def _caller(record: KeyRecord) -> Caller:
    return Caller(record.id, record.role)
