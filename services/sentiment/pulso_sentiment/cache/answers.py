"""Answers of one version of the model, by the hash of the text that they are about."""

import time
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import structlog
from pulso_streams import SharedCache, StreamUnavailable

from pulso_sentiment.cache.encoding import decoded, encoded
from pulso_sentiment.cache.local import RecentOpinions
from pulso_sentiment.cache.metrics import ENTRIES, FAILURES, LOOKUPS
from pulso_sentiment.domain.reading import Opinion

PAUSE_SECONDS: Final = 5.0
"""After a failure the shared cache is left alone for this long, so that not every batch waits in vain."""

log = structlog.get_logger(__name__)


class AnswerCache:
    """Opinions on texts that were scored before, by this process or by another that shares with it.

    For one event loop. Of a text nothing is kept but its hash.
    """

    def __init__(
        self,
        model_version: str,
        *,
        size: int,
        shared: SharedCache | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Starts empty.

        Args:
            model_version: Whose answers these are; those of another version are never found.
            size: How many answers this process keeps; 0 for none.
            shared: Where pods find each other's answers; it may come and go.
            clock: Tells seconds.
        """
        self._version = blake2b(model_version.encode()).digest()
        self._local = RecentOpinions(size)
        self._shared = shared
        self._clock = clock
        self._shared_rests_until = -float("inf")

    async def find(self, texts: Sequence[str]) -> dict[str, Opinion]:
        """Return the opinions on those of `texts` that have one here."""
        keys = {text: self._key(text) for text in texts}
        near = ((text, self._local.find(key)) for text, key in keys.items())
        found = {text: opinion for text, opinion in near if opinion is not None}
        LOOKUPS.labels("local").inc(len(found))
        elsewhere = await self._find_shared({text: key for text, key in keys.items() if text not in found})
        for text, opinion in elsewhere.items():
            self._local.keep(keys[text], opinion)
        ENTRIES.set(len(self._local))
        LOOKUPS.labels("shared").inc(len(elsewhere))
        LOOKUPS.labels("miss").inc(len(keys) - len(found) - len(elsewhere))
        return found | elsewhere

    async def keep(self, opinions: Mapping[str, Opinion]) -> None:
        """Keep opinions by their texts, for as long as there is room."""
        kept = {self._key(text): opinion for text, opinion in opinions.items() if not opinion.empty}
        for key, opinion in kept.items():
            self._local.keep(key, opinion)
        ENTRIES.set(len(self._local))
        shared = self._awake()
        if shared is None or not kept:
            return
        try:
            await shared.keep({key: encoded(opinion) for key, opinion in kept.items()})
        except StreamUnavailable as error:
            self._rest(error)

    async def _find_shared(self, keys: Mapping[str, bytes]) -> dict[str, Opinion]:
        shared = self._awake()
        if shared is None or not keys:
            return {}
        try:
            values = await shared.find(list(keys.values()))
        except StreamUnavailable as error:
            self._rest(error)
            return {}
        opinions = map(_understood, values)
        return {text: opinion for text, opinion in zip(keys, opinions, strict=True) if opinion is not None}

    def _awake(self) -> SharedCache | None:
        return self._shared if self._clock() >= self._shared_rests_until else None

    def _rest(self, error: StreamUnavailable) -> None:
        now = self._clock()
        if now < self._shared_rests_until:
            return  # a call at the same time has said so
        self._shared_rests_until = now + PAUSE_SECONDS
        FAILURES.inc()
        log.warning("cache.unavailable", reason=str(error), pause_seconds=PAUSE_SECONDS)

    def _key(self, text: str) -> bytes:
        return blake2b(text.encode(errors="surrogatepass"), digest_size=16, key=self._version).digest()


def _understood(value: bytes | None) -> Opinion | None:
    if value is None:
        return None
    try:
        return decoded(value)
    except ValueError:
        return None
