"""Filling the tables of trends with many items at once: what the indexer would write of them, set by set.

Some days at a time, so that each cell is written once, when all that adds to it is known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray
from pulso_contracts.scoring import Sentiment
from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.cube import CUBOIDS, MICRO, SENTIMENTS, Dimension
from pulso_trends.domain.folding import fold
from pulso_trends.domain.lima import MIDNIGHT_UTC_HOUR, start_of_day
from pulso_trends.domain.ratings.cells import HIGH, LOW, STARS
from pulso_trends.domain.topics.topics import REST
from pulso_trends.domain.voices import MEMORY_DAYS, SHORTEST, VOICES_A_DAY, Signature, bands, signature
from pulso_trends.domain.words import words

from bench.trends_speed.crowd import DAYS, JOINT, LAST_DAY, MOST_PARTS, gather, keep
from bench.trends_speed.targets import Target

_ITEMS_AT_ONCE: Final = 150_000
_HOUR: Final = 3_600_000_000
"""Microseconds."""
_OPEN: Final = "coalesce({0}, '') AS {0}"
_MOODS: Final = {each: n for n, each in enumerate(SENTIMENTS)}
_SUMS: Final = ", ".join(
    [f"count(*) FILTER (mood = {n}) AS {each.value}" for n, each in enumerate(SENTIMENTS)]
    + [
        f"coalesce(sum(score) FILTER (mood = {n}), 0) AS {each.value}_score"
        for n, each in enumerate(SENTIMENTS)
    ]
)
_STAR_SUMS: Final = ", ".join(
    [f"count(*) FILTER (rating = {n}) AS {star}" for n, star in enumerate(STARS, start=1)]
    + [f"(sum(rating) * {MICRO})::BIGINT AS rating", "sum(score) AS score"]
    + [
        f"count(*) FILTER (rating >= {HIGH} AND mood = {_MOODS[Sentiment.NEGATIVE]}) AS negative_texts",
        f"count(*) FILTER (rating <= {LOW} AND mood = {_MOODS[Sentiment.POSITIVE]}) AS positive_texts",
    ]
)
_VOICES: Final = ", ".join(
    ["count(*) AS items", "count(*) FILTER (voice) AS voices"]
    + [f"count(*) FILTER (voice AND mood = {n}) AS {each.value}" for n, each in enumerate(SENTIMENTS)]
    + ["coalesce(sum(score) FILTER (voice), 0) AS score"]
)
_ITEMS: Final = "SELECT *, '' AS aspect FROM item"
_OPINIONS: Final = (
    "SELECT item.* EXCLUDE (mood, score), aspect, opinion.mood, opinion.score "
    "FROM item JOIN opinion USING (opinion)"
)
_RATED: Final = f"{_ITEMS} WHERE rating IS NOT NULL"
_RATED_BY_ASPECT: Final = (
    "SELECT item.*, aspect FROM item JOIN opinion USING (opinion) WHERE rating IS NOT NULL"
)

Integers = NDArray[np.int64]


class Filler:
    """Writes the items of a crowd, and all that is counted of them, into a database that is empty."""

    def __init__(self, parts: Sequence[str], taxonomy: Taxonomy, items: int) -> None:
        """Nothing is written yet.

        Args:
            parts: The snippets that texts are made of.
            taxonomy: By which concepts are counted.
            items: How many there are in all.
        """
        self.table = duckdb.connect(config={"memory_limit": "3GB", "threads": 2})
        self._items = items
        gather(self.table, parts, items)
        self._said = [words(each) for each in parts]
        pairs = [(n, each) for n, said in enumerate(self._said) for each in sorted(taxonomy.mentioned(said))]
        keep(self.table, "spoken", {"part": [n for n, _ in pairs], "concept": [each for _, each in pairs]})
        self._signatures = _Signatures(self._said)
        self._remembered = np.zeros(0, np.int64), np.zeros(0, np.int64)

    async def fill(self, target: Target) -> None:
        """Write everything."""
        for first, last in self._stretches(_ITEMS_AT_ONCE):
            self._hear(first, last)
            days = self.table.execute("SELECT DISTINCT day FROM item").fetchall()
            await target.room(start_of_day(day) for (day,) in days)
            for table, rows in self._rows().items():
                await target.write(table, self.table, rows)
        for table, rows in self._remains().items():
            await target.write(table, self.table, rows)

    def _stretches(self, least: int) -> Iterator[tuple[int, int]]:
        """Yield first and last items of runs of whole days that hold at least so many."""
        ends = self.table.execute(
            f"SELECT max(seq) FROM crowd(1, {self._items}) GROUP BY {_day()} ORDER BY 1"
        ).fetchall()
        first = 1
        for (end,) in ends:
            if end - first + 1 >= least or end == self._items:
                yield first, end
                first = end + 1

    def _hear(self, first: int, last: int) -> None:
        """Make the tables `item` and `part` of some items, and tell which are voices."""
        run = self.table.execute
        run(f"CREATE OR REPLACE TABLE bare AS SELECT *, {_day()} AS day FROM crowd({first}, {last})")
        rows = run("SELECT * FROM bare ORDER BY seq").fetchnumpy()
        copied = self._copied(rows)
        keep(self.table, "copy", {"seq": rows["seq"][copied].tolist()})
        run(
            f"""
            CREATE OR REPLACE TABLE item AS
            SELECT bare.*, microseconds // {_HOUR} AS hour, copy.seq IS NULL AND (
                customer IS NULL OR {VOICES_A_DAY} >= row_number() OVER (
                    PARTITION BY day, customer, copy.seq IS NULL ORDER BY bare.seq)) AS voice
            FROM bare LEFT JOIN copy ON copy.seq = bare.seq
            """
        )
        run(
            "CREATE OR REPLACE TABLE part AS SELECT seq, position, part FROM (SELECT seq, "
            f"unnest([{', '.join(f'part{n}' for n in range(MOST_PARTS))}]) AS part, "
            f"unnest(range({MOST_PARTS})) AS position FROM item) WHERE part IS NOT NULL"
        )

    def _copied(self, rows: Mapping[str, NDArray[np.generic]]) -> NDArray[np.bool_]:
        """Return which of the next items are copies of one before, and remember what they said."""
        parts = np.stack([np.ma.filled(rows[f"part{n}"], -1) for n in range(MOST_PARTS)], axis=1)
        items, prints = self._signatures.prints(parts.astype(np.int64))
        order = np.lexsort((items, prints))
        items, prints = items[order], prints[order]
        days = np.asarray(rows["day"], np.int64)[items]
        known, when = self._remembered
        place = np.minimum(np.searchsorted(known, prints), max(len(known) - 1, 0))
        before = np.full(len(prints), -MEMORY_DAYS * DAYS)
        if len(known):
            before = np.where(known[place] == prints, when[place], before)
        again = np.r_[False, prints[1:] == prints[:-1]]
        before[again] = np.r_[0, days[:-1]][again]
        copied = np.zeros(len(parts), bool)
        copied[items[days - before <= MEMORY_DAYS]] = True
        latest = np.r_[~again[1:], True]  # the last item with a print, and what is remembered before these
        self._remember(np.r_[known, prints[latest]], np.r_[when, days[latest]], int(rows["day"][-1]))
        return copied

    def _remember(self, prints: Integers, days: Integers, today: int) -> None:
        order = np.argsort(prints, kind="stable")
        prints, days = prints[order], days[order]
        kept = np.r_[prints[1:] != prints[:-1], True] & (days >= today - MEMORY_DAYS)
        self._remembered = prints[kept], days[kept]

    def _rows(self) -> dict[str, str]:
        """Return what selects the rows of each table that the items of now add."""
        spoken = (
            "SELECT DISTINCT seq, concept, mood, score "
            "FROM item JOIN part USING (seq) JOIN spoken USING (part) UNION ALL "
            "SELECT seq, aspect, opinion.mood, opinion.score FROM item JOIN opinion USING (opinion) "
            "UNION ALL SELECT seq, '', mood, score FROM item"
        )
        place = f"{_OPEN.format('region')}, channel"
        return {
            "feedback": _feedback(),
            "rollup": " UNION ALL ".join(_cells(_SUMS, _ITEMS, _OPINIONS)) + " ORDER BY ALL",
            "rating": " UNION ALL ".join(_cells(_STAR_SUMS, _RATED, _RATED_BY_ASPECT)) + " ORDER BY ALL",
            "mention": f"SELECT day, concept, {place}, {_VOICES} "
            f"FROM (SELECT day, region, channel, voice, said.* FROM ({spoken}) said JOIN item USING (seq)) "
            "GROUP BY ALL ORDER BY ALL",
            "topic_day": f"SELECT day, {REST} AS topic, {place}, {_VOICES} FROM item "
            "GROUP BY ALL ORDER BY ALL",
            "person_day": "SELECT day, customer, count(*) AS voices FROM item "
            f"WHERE voice AND customer IS NOT NULL AND day >= {LAST_DAY - MEMORY_DAYS} "
            "GROUP BY ALL ORDER BY ALL",
        }

    def _remains(self) -> dict[str, str]:
        """Return what selects the rows that are written last, in the order of their keys."""
        prints, days = self._remembered
        remembered = {"print": prints, "day": days}
        self.table.register("remembered", remembered)
        return {
            "feedback_key": "SELECT id, seq, moment(microseconds) AS created_at "
            f"FROM crowd(1, {self._items}) ORDER BY id",
            "text_print": "SELECT print, day FROM remembered ORDER BY print",
        }


class _Signatures:
    """The signatures of snippets by where they stand: each takes in the joints beside it."""

    def __init__(self, said: Iterable[Sequence[str]]) -> None:
        [joint] = words(JOINT)
        texts = list(said)
        self._lengths = np.array([len(each) for each in texts])
        alone = [pairwise(each) for each in texts]
        self._inner = np.stack([signature(each) for each in alone])
        self._before = np.stack([signature([(joint, each[0])]) for each in texts])
        self._after = np.stack([signature([(each[-1], joint)]) for each in texts])

    def prints(self, parts: Integers) -> tuple[Integers, Integers]:
        """Return numbers of items, and with each a fingerprint; those too short to be copied have none.

        Args:
            parts: The snippets of each item, -1 behind the last one [item, part].
        """
        least: Signature = self._inner[parts[:, 0]]
        length = self._lengths[parts[:, 0]]
        for n in range(1, parts.shape[1]):
            there = parts[:, n] >= 0
            one, other = parts[there, n - 1], parts[there, n]
            joined = np.minimum(self._after[one], np.minimum(self._before[other], self._inner[other]))
            least[there] = np.minimum(least[there], joined)
            length[there] += 1 + self._lengths[other]
        items = np.flatnonzero(length >= SHORTEST)
        found = np.array([bands(least[item]) for item in items.tolist()], np.int64)
        return np.repeat(items, found.shape[1] if found.ndim > 1 else 0), found.ravel()


def _day() -> str:
    return f"(microseconds // {_HOUR} - {MIDNIGHT_UTC_HOUR}) // 24"


_SAID: Final = (
    f"SELECT seq, string_agg(words, ' {JOINT} ' ORDER BY position) AS words, "
    f"string_agg(folded, ' {fold(JOINT)} ' ORDER BY position) AS folded "
    "FROM part JOIN snippet USING (part) GROUP BY seq"
)


def _feedback() -> str:
    """Return what selects the rows of items; the bare values are those of every item of the crowd."""
    values = {
        "seq": "item.seq",
        "id": "id",
        "accepted_at": "moment(microseconds)",
        "created_at": "moment(microseconds)",
        "scored_at": "moment(microseconds)",
        "text": "said.words",
        "search": "' ' || said.folded",
        "channel": "channel",
        "language": "'es'",
        "source": "NULL",
        "external_id": "NULL",
        "customer": "customer",
        "region": "region",
        "product": "product",
        "product_category": "product_category",
        "rating": "rating",
        "metadata": "'{}'",
        "sentiment": f"{[each.value for each in SENTIMENTS]}[1 + mood]",
        "negative": "0.1::DOUBLE",
        "neutral": "0.1::DOUBLE",
        "positive": "0.8::DOUBLE",
        "score": "score / 1e6",
        "aspects": "opinions.aspects",
        "opinions": "opinions.told",
        "flags": "'  '",
        "model_version": "'bench'",
        "voice": "voice",
    }
    return (
        f"WITH said AS ({_SAID}) "
        f"SELECT {', '.join(f'{value} AS {name}' for name, value in values.items())} "
        "FROM item JOIN said ON said.seq = item.seq JOIN opinions USING (opinion) ORDER BY item.seq"
    )


def _cells(sums: str, whole: str, by_aspect: str) -> Iterator[str]:
    """Yield what selects the cells of each cuboid: the sums over items, or over opinions on aspects."""
    for grain, cuboids in CUBOIDS.items():
        for kept in cuboids:
            dimensions = [
                (_OPEN.format(name) if Dimension[name.upper()] in kept else f"'' AS {name}")
                for name in ("region", "channel", "product", "product_category")
            ]
            source = by_aspect if Dimension.ASPECT in kept else whole
            yield (
                f"SELECT {int(grain)} AS grain, {int(kept)} AS cuboid, {grain.name.lower()} AS bucket, "
                f"{', '.join(dimensions)}, aspect, {sums} FROM ({source}) GROUP BY ALL"
            )
