"""The series by a scan of bare columns, in a columnar database in memory."""

import time
from collections.abc import Iterator
from datetime import timedelta

import duckdb

from bench.trends_speed.crowd import NOW


def scan(table: duckdb.DuckDBPyConnection, items: int, asks: int) -> Iterator[tuple[str, list[float]]]:
    """Yield each question and what each of `asks` times took, in seconds."""
    table.execute(
        "CREATE OR REPLACE TABLE feedback AS SELECT make_timestamp(microseconds) AS moment, region, channel, product, "
        f"mood, score FROM crowd(1, {items})"
    )
    first = NOW - timedelta(days=90)
    told = f"mood, count(*), avg(score) FROM feedback WHERE moment >= TIMESTAMP '{first:%Y-%m-%d %H:%M}'"
    questions = {
        "90 days": f"SELECT date_trunc('day', moment), {told} GROUP BY ALL",
        "90 days by department, weekly": f"SELECT region, date_trunc('week', moment), {told} GROUP BY ALL",
        "Lima by channel, weekly": f"SELECT channel, date_trunc('week', moment), {told} AND region = 'Lima' GROUP BY ALL",
        "one product, daily": f"SELECT date_trunc('day', moment), {told} AND product = 'product 7' GROUP BY ALL",
    }
    for question, statement in questions.items():
        seconds = []
        for _ in range(asks):
            started = time.perf_counter()
            table.execute(statement).fetchall()
            seconds.append(time.perf_counter() - started)
        yield question, seconds
