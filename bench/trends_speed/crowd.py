"""What a simulated crowd writes: real snippets in new orders, by departments, products and people.

The items are rows of a table of DuckDB, each a function of its number, so that millions take seconds.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import duckdb
from pulso_contracts.feedback import Channel
from pulso_contracts.peru import DEPARTMENTS
from pulso_contracts.scoring import Aspect, AspectSentiment, Sentiment
from pulso_trends.domain.cube import MICRO, SENTIMENTS
from pulso_trends.domain.folding import fold
from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.domain.words import words

from bench.serving.texts import real_texts

NOW: Final = datetime(2026, 11, 20, 17, tzinfo=UTC)
LAST_DAY: Final = day_of_hour(hour_of(NOW))
DAYS: Final = 120
"""Days that the items cover, however many they are: a company that grows is heard more a day."""
MOST_PARTS: Final = 6
"""Snippets of a text: 1 to 6, mostly 3 to 5. Texts that share one of them are no copies of each other."""
JOINT: Final = "además"
"""Stands between two snippets. No concept has it, so a snippet speaks of the same ones wherever it stands."""
_SNIPPET_WORDS: Final = 5
_TEXTS: Final = 2_048
_PRODUCTS: Final = 200
_CATEGORIES: Final = 12
_ITEMS_A_PERSON: Final = 12
_PARTS: Final = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6)
_CHANNELS: Final = (*[Channel.REVIEW] * 5, *[Channel.SOCIAL_MEDIA] * 4, *[Channel.SURVEY] * 3, *Channel)
_SENTIMENTS: Final = (*[Sentiment.POSITIVE] * 6, *[Sentiment.NEGATIVE] * 3, Sentiment.NEUTRAL)
_STARS: Final = ((1, 1, 2, 4), (3, 3, 2, 4), (5, 5, 4, 2))
"""What is given beside texts of each sentiment, in the model's order: mostly what they say."""
_PEOPLE_A_REGION: Final = 30_000
"""Inhabitants for one of the slots from which regions are drawn."""


def snippets() -> list[str]:
    """Return runs of five words of real texts, always the same."""
    runs = (
        text.split()[n : n + _SNIPPET_WORDS]
        for text in real_texts(_TEXTS)
        for n in range(0, len(text.split()) - _SNIPPET_WORDS + 1, _SNIPPET_WORDS)
    )
    told = dict.fromkeys(" ".join(run) for run in runs)
    return [each for each in told if len(words(each)) == len(fold(each).split()) >= 2]


def gather(table: duckdb.DuckDBPyConnection, parts: Sequence[str], items: int) -> None:
    """Make the macro `crowd(first, last)`, whose rows are the items with these numbers, of `items` in all.

    A tenth names no department, two fifths carry stars, a twentieth has no author, one in a hundred is by one
    of ten zealots, and one in 25 repeats the text of one of the last 150.
    """
    regions: list[str | None] = [
        department.name
        for department in DEPARTMENTS
        for _ in range(max(department.population // _PEOPLE_A_REGION, 1))
    ]
    regions += [None] * (len(regions) // 10)
    told = _opinions()
    keep(
        table,
        "snippet",
        {"part": range(len(parts)), "words": parts, "folded": [fold(each) for each in parts]},
    )
    keep(
        table,
        "opinions",
        {
            "opinion": range(len(told)),
            "aspects": [json.dumps([each.model_dump(mode="json") for each in several]) for several in told],
            "told": [
                f" {' '.join(f'{each.aspect.value}:{each.sentiment.value}' for each in several)} "
                for several in told
            ],
        },
    )
    each_opinion = [(number, each) for number, several in enumerate(told) for each in several]
    keep(
        table,
        "opinion",
        {
            "opinion": [number for number, _ in each_opinion],
            "aspect": [each.aspect.value for _, each in each_opinion],
            "mood": [SENTIMENTS.index(each.sentiment) for _, each in each_opinion],
            "score": [round(each.score * MICRO) for _, each in each_opinion],
        },
    )
    microseconds = timedelta(days=DAYS) // items // timedelta(microseconds=1)
    start = int((NOW - items * timedelta(microseconds=microseconds)).timestamp() * 1_000_000)
    columns = ", ".join(
        f"CASE WHEN {n} < length THEN draw(seed, {20 + n}, {len(parts)}) END AS part{n}"
        for n in range(MOST_PARTS)
    )
    stars = [list(each) for each in _STARS]
    table.execute("CREATE MACRO draw(n, what, below) AS (hash(n * 64 + what) % below)::INTEGER")
    table.execute("CREATE MACRO chosen(several, n, what) AS several[1 + draw(n, what, len(several))]")
    table.execute(
        f"""
        CREATE MACRO crowd(first_item, last_item) AS TABLE
        WITH numbered AS (
            SELECT n AS seq,
                CASE WHEN n > 150 AND draw(n, 1, 25) = 0 THEN n - 1 - draw(n, 2, 150) ELSE n END AS seed
            FROM range(first_item, last_item + 1) numbers(n)
        ), drawn AS (
            SELECT seq, seed, md5(seq::VARCHAR) AS id, {start} + (seq - 1) * {microseconds} AS microseconds,
                chosen({_list(regions)}, seq, 3) AS region, chosen({_list(_CHANNELS)}, seq, 4) AS channel,
                (draw(seq, 5, {_PRODUCTS}) * draw(seq, 6, {_PRODUCTS})) // {_PRODUCTS} AS product_number,
                chosen({[SENTIMENTS.index(each) for each in _SENTIMENTS]}, seq, 7) AS mood,
                draw(seq, 8, {MICRO}) AS score, draw(seq, 9, {len(told)}) AS opinion,
                chosen({list(_PARTS)}, seed, 10) AS length
            FROM numbered
        )
        SELECT seq, id, microseconds, region, channel, 'product ' || product_number AS product,
            'category ' || product_number % {_CATEGORIES} AS product_category, mood, opinion,
            CASE mood WHEN 0 THEN -score WHEN 1 THEN score // 10 ELSE score END AS score,
            CASE WHEN draw(seq, 11, 20) = 0 THEN NULL
                WHEN draw(seq, 12, 100) = 0 THEN md5('zealot ' || draw(seq, 13, 10))
                ELSE md5(coalesce(region, '') || draw(seq, 14, {items // _ITEMS_A_PERSON + 1}))
                END AS customer,
            CASE WHEN draw(seq, 15, 5) < 2 THEN {stars}[1 + mood][1 + draw(seq, 16, {len(_STARS[0])})]::DOUBLE
                END AS rating,
            length, {columns}
        FROM drawn
        """
    )


def keep(
    table: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Sequence[int] | Sequence[str]]
) -> None:
    """Make a table of these columns."""
    given = ", ".join(f"unnest(${number}) AS {column}" for number, column in enumerate(columns, start=1))
    table.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT {given}", [list(each) for each in columns.values()]
    )


def _opinions() -> list[tuple[AspectSentiment, ...]]:
    """Return what items think of aspects: half of them nothing, the others of one or two."""
    aspects = list(Aspect)
    found: list[tuple[AspectSentiment, ...]] = []
    for n in range(64):
        mood = _SENTIMENTS[n % len(_SENTIMENTS)]
        one = AspectSentiment(aspect=aspects[n % 11], term="uno", sentiment=mood, score=n / 100)
        other = AspectSentiment(aspect=aspects[n * 3 % 11], term="otro", sentiment=mood, score=-n / 200)
        several = (one,) if one.aspect is other.aspect or n % 3 else (one, other)
        found.append(() if n % 2 else several)
    return found


def _list(values: Sequence[str | None]) -> str:
    return "[" + ", ".join("NULL" if each is None else f"'{each}'" for each in values) + "]"
