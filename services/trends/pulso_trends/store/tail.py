"""Following the index as it grows, whichever process writes it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import structlog
from pulso_contracts.trends import FeedbackItem
from pulso_kit.database import Database

from pulso_trends.domain.filters import ItemFilters
from pulso_trends.errors import StoreUnavailable, TooManyFollowers
from pulso_trends.store.items import indexed_between, last_indexed
from pulso_trends.waiting import first_of

log = structlog.get_logger(__name__)

PAGE = 100
"""Items that a follower reads at once, and so the most that wait in memory for a slow client."""
FARTHEST_BACK = 10_000
"""Places before the present end from which a follower may start."""
TURN_SECONDS = 0.1
"""Followers look at most this often, however fast batches are committed."""


class Tail:
    """The end of the index. One loop asks for it on behalf of all followers, and not at all without any.

    A follower holds its place and nothing else: it reads its own page when it is ready for it, so a slow
    client costs no memory and misses nothing.
    """

    def __init__(self, database: Database, *, poll_seconds: float, most_followers: int) -> None:
        """Nothing is asked yet.

        Args:
            database: Whose index to follow.
            poll_seconds: How often to look for what other processes wrote.
            most_followers: How many may follow at a time.
        """
        self._database = database
        self._most_followers = most_followers
        self._poll_seconds = poll_seconds
        self._followers = 0
        self._end = 0
        self._grew = asyncio.Event()
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Tells that this process has just written: look now."""
        self._nudged.set()

    async def run(self, draining: asyncio.Event) -> None:
        """Watches the end until `draining` is set."""
        while not draining.is_set():
            if self._followers:
                await self._look()
                await asyncio.sleep(TURN_SECONDS)
            await first_of(self._nudged, draining, seconds=self._poll_seconds)
            self._nudged.clear()

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Holds a place among the followers.

        Raises:
            TooManyFollowers: There is none left.
        """
        if self._followers >= self._most_followers:
            raise TooManyFollowers
        self._followers += 1
        self.nudge()
        try:
            yield
        finally:
            self._followers -= 1

    async def start(self, last_seen: int | None) -> int:
        """Where to start: after `last_seen` when that is not too far back, else at the end.

        Raises:
            StoreUnavailable: The database cannot answer now.
        """
        end = await last_indexed(self._database)
        if last_seen is None or last_seen > end:
            return end
        return max(last_seen, end - FARTHEST_BACK)

    async def follow(
        self, filters: ItemFilters, after: int, draining: asyncio.Event
    ) -> AsyncIterator[tuple[int, FeedbackItem]]:
        """Every matching item indexed after place `after`, with its place, in order, until `draining` is set.

        The caller has `joined` and holds a `start`.
        """
        while not draining.is_set():
            end = self._end
            if after >= end:
                await first_of(self._grew, draining, seconds=self._poll_seconds)
                continue
            try:
                page = await indexed_between(self._database, filters, after=after, upto=end, limit=PAGE)
            except StoreUnavailable as error:
                log.warning("live.paused", reason=str(error))
                await first_of(draining, seconds=self._poll_seconds)
                continue
            for place, item in page:
                yield place, item
            after = page[-1][0] if len(page) == PAGE else end

    async def _look(self) -> None:
        try:
            end = await last_indexed(self._database)
        except StoreUnavailable as error:
            log.warning("live.paused", reason=str(error))
            return
        if end > self._end:
            self._end = end
            self._grew.set()
            self._grew = asyncio.Event()
