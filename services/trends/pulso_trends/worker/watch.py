"""The watch over trends: it forgets, recounts after changes, judges days, looks, and groups people."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import structlog
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.domain.voices import MEMORY_DAYS
from pulso_trends.errors import StoreUnavailable
from pulso_trends.metrics import (
    ALARMS,
    FORGOTTEN,
    LOOK_SECONDS,
    OLDEST_ITEM,
    RECOUNTED_DAYS,
    SEGMENTS_SECONDS,
    WATCHED,
)
from pulso_trends.store.discovering import discover_terms
from pulso_trends.store.items import last_indexed
from pulso_trends.store.mentions import first_day, recount_next_day
from pulso_trends.store.recount import count_next_day_of_ratings
from pulso_trends.store.retention import forget_some, oldest_item
from pulso_trends.store.segments import compute_segments
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.voices import forget
from pulso_trends.store.watching import WatchState, judge_day, look_at, watch_state
from pulso_trends.waiting import first_of

log = structlog.get_logger(__name__)

GRACE: Final = timedelta(hours=1)
"""After midnight, for items on their way; what comes later still counts in the baselines of other days."""
FARTHEST_BACK: Final = 35
"""Days before today from which alarms are raised for a database that was never watched."""
DISCOVERY_DAYS: Final = 7
"""From one search for new terms to the next, unless items have doubled: each may recount history."""
DAYS_A_TURN: Final = 10
"""Days that are recounted, or judged, before the watch looks at its other duties."""
PARTS_A_TURN: Final = 100
"""Parts of old items that are forgotten before the watch looks at its other duties."""


class Watch:
    """Keeps trends and alarms up to date until it is told to stop; several may run beside each other."""

    def __init__(
        self,
        database: Database,
        taxonomy: TaxonomyInUse,
        *,
        seconds: float,
        heartbeat: Heartbeat,
        retention_days: int | None = None,
    ) -> None:
        """Nothing is done yet.

        Args:
            database: Of the counts.
            taxonomy: By which they are counted.
            seconds: From one look to the next, while items come.
            heartbeat: Beaten on each turn.
            retention_days: For which items are kept; by default for ever.
        """
        self._database = database
        self._taxonomy = taxonomy
        self._seconds = seconds
        self._heartbeat = heartbeat
        self._retention_days = retention_days
        self._forgotten_before: int | None = None
        WATCHED.set_to_current_time()

    async def run(self, draining: asyncio.Event) -> None:
        """Watch until `draining` is set."""
        while not draining.is_set():
            self._heartbeat.beat()
            try:
                busy = await self.turn(datetime.now(UTC))
            except StoreUnavailable as error:
                log.warning("store.unavailable", reason=str(error))
                busy = False
            else:
                if not busy:
                    WATCHED.set_to_current_time()
            await first_of(draining, seconds=0.0 if busy else self._seconds)

    async def turn(self, now: datetime) -> bool:
        """Do what is due at `now`, and return whether more of it waits.

        Raises:
            StoreUnavailable: The database cannot do it now.
        """
        left = await self._forget(now)
        return await self._look(now) or left

    async def _look(self, now: datetime) -> bool:
        """Recount, judge, discover and look, and return whether more of it waits."""
        taxonomy = await self._taxonomy.read(self._database)
        if await self._recount(partial(recount_next_day, self._database, self._taxonomy)):
            return True
        if await self._recount(partial(count_next_day_of_ratings, self._database)):
            return True
        state, first = await watch_state(self._database), await first_day(self._database)
        if first is None:
            return False
        if await self._judge(state, taxonomy, first, now):
            return True
        seq = await last_indexed(self._database)
        today = day_of_hour(hour_of(now))
        if await self._discover(state, taxonomy, today, seq):
            return True
        if seq != state.seen_seq or state.looked_day != today:
            started = time.perf_counter()
            tested = await look_at(self._database, today, seq, taxonomy)
            LOOK_SECONDS.observe(time.perf_counter() - started)
            log.info("trends.looked", series=tested, seconds=round(time.perf_counter() - started, 2))
        await self._segment(taxonomy, today, seq)
        return False

    async def _forget(self, now: datetime) -> bool:
        """Forget, once a day, the items that are older than what is kept; returns whether some are left."""
        if self._retention_days is not None:
            before = day_of_hour(hour_of(now)) - self._retention_days
            if before != self._forgotten_before:
                try:
                    if await self._forget_before(before):
                        return True
                except StoreUnavailable as error:
                    # A long backup may hold a month for hours: the other duties do not wait for it.
                    log.warning("forgetting.postponed", reason=str(error))
        oldest = await oldest_item(self._database)
        if oldest is not None:
            OLDEST_ITEM.set(oldest.timestamp())
        return False

    async def _forget_before(self, before: int) -> bool:
        forgotten = 0
        for _ in range(PARTS_A_TURN):
            self._heartbeat.beat()
            part = await forget_some(self._database, before)
            if part is None:
                self._forgotten_before = before
                break
            FORGOTTEN.inc(part)
            forgotten += part
        if forgotten:
            log.info("items.forgotten", items=forgotten, before=start_of_day(before).date().isoformat())
        return self._forgotten_before != before

    async def _judge(self, state: WatchState, taxonomy: Taxonomy, first: int, now: datetime) -> bool:
        """Judge the days that are over and not judged; returns whether some are left."""
        last = day_of_hour(hour_of(now - GRACE)) - 1
        begin = max(first, last - FARTHEST_BACK + 1)
        next_day = begin if state.judged_day is None else max(begin, state.judged_day + 1)
        for day in range(next_day, min(last + 1, next_day + DAYS_A_TURN)):
            self._heartbeat.beat()
            raised = await judge_day(self._database, day, taxonomy)
            if raised is None:
                return True
            ALARMS.inc(raised)
            await forget(self._database, day - MEMORY_DAYS)
        return next_day + DAYS_A_TURN <= last

    async def _discover(self, state: WatchState, taxonomy: Taxonomy, today: int, seq: int) -> bool:
        """Look for new terms once in a while; returns whether history has to be counted anew for them."""
        recent = state.discovered_day is not None and today - state.discovered_day < DISCOVERY_DAYS
        if recent and seq < 2 * state.discovered_seq:
            return False
        self._heartbeat.beat()
        found = await discover_terms(self._database, taxonomy, today, seq)
        log.info("terms.discovered", terms=found)
        return found > 0

    async def _segment(self, taxonomy: Taxonomy, today: int, seq: int) -> None:
        """Group people anew where that is due."""
        started = time.perf_counter()
        found = await compute_segments(self._database, taxonomy, today, seq, beat=self._heartbeat.beat)
        if found is not None:
            SEGMENTS_SECONDS.observe(time.perf_counter() - started)
            log.info("segments.computed", segments=found, seconds=round(time.perf_counter() - started, 2))

    async def _recount(self, next_day: Callable[[], Awaitable[bool]]) -> bool:
        """Count some days anew, the newest first; returns whether some are left."""
        for _ in range(DAYS_A_TURN):
            self._heartbeat.beat()
            if not await next_day():
                return False
            RECOUNTED_DAYS.inc()
        return True
