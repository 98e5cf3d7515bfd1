"""Making topics anew once in a while, from what people talk about by now."""

import asyncio
from datetime import UTC, datetime
from typing import Final

import structlog
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat

from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.domain.mentions import EVERYTHING
from pulso_trends.domain.topics.regrouping import is_grouped, regroup
from pulso_trends.errors import StoreUnavailable
from pulso_trends.metrics import TOPICS
from pulso_trends.source.word_vectors import WordVectors
from pulso_trends.store.items import last_indexed
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topics import TopicsState, keep_topics, read_voices, topics_state
from pulso_trends.waiting import first_of

log = structlog.get_logger(__name__)

GROUPING_DAYS: Final = 7
"""From one grouping to the next, unless the taxonomy changed or items have doubled: each recounts history."""
LEAST_VOICES: Final = 10
"""Voices that mention a term of a topic; what fewer mention counts for its group of the taxonomy."""


class TopicKeeper:
    """Keeps topics up to date until it is told to stop; several may run beside each other.

    It only waits for the sentiment service: while that cannot answer, topics stay as they are.
    """

    def __init__(
        self,
        database: Database,
        taxonomy: TaxonomyInUse,
        vectors: WordVectors,
        *,
        seconds: float,
        heartbeat: Heartbeat,
    ) -> None:
        """Nothing is done yet.

        Args:
            database: Of the counts.
            taxonomy: By which they are counted.
            vectors: What words mean.
            seconds: From one look at whether anything is due to the next.
            heartbeat: Beaten on each.
        """
        self._database = database
        self._taxonomy = taxonomy
        self._vectors = vectors
        self._seconds = seconds
        self._heartbeat = heartbeat

    async def run(self, draining: asyncio.Event) -> None:
        """Keep topics until `draining` is set."""
        while not draining.is_set():
            self._heartbeat.beat()
            try:
                await self.turn(datetime.now(UTC))
            except StoreUnavailable as error:
                log.warning("store.unavailable", reason=str(error))
            await first_of(draining, seconds=self._seconds)

    async def turn(self, now: datetime) -> bool:
        """Make topics anew if that is due at `now`; returns whether new ones are kept.

        Raises:
            StoreUnavailable: The database cannot do it now.
        """
        today = day_of_hour(hour_of(now))
        state, seq = await topics_state(self._database), await last_indexed(self._database)
        if state.recounting or not _is_due(state, today, seq):
            return False
        taxonomy = await self._taxonomy.read(self._database)
        voices = await read_voices(self._database, today, LEAST_VOICES, taxonomy.concepts)
        everything = voices.pop(EVERYTHING, 0)
        terms = sorted(term for term in voices if is_grouped(taxonomy.concepts[term]))
        if not terms:
            return False
        vectors = await self._vectors.of([taxonomy.concepts[term].es for term in terms])
        if vectors is None:
            return False
        meanings = dict(zip(terms, vectors.rows, strict=True))
        grouped = await asyncio.to_thread(
            regroup,
            voices,
            everything,
            taxonomy,
            meanings,
            former=state.topics,
            next_id=state.next_id,
        )
        kept = await keep_topics(
            self._database, state, grouped, model_version=vectors.model_version, day=today, seq=seq
        )
        if kept:
            TOPICS.set(len(grouped.topics.all))
            new = grouped.next_id - state.next_id
            log.info("topics.grouped", topics=len(grouped.topics.all), new=new, terms=len(voices))
        return kept


def _is_due(state: TopicsState, today: int, seq: int) -> bool:
    if state.grouped_day is None or state.grouped_with != state.fingerprint:
        return True
    return today - state.grouped_day >= GROUPING_DAYS or seq >= 2 * state.grouped_seq
