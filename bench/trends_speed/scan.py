"""The series by a scan of bare columns, in a columnar database in memory."""

import time
from collections.abc import Iterator
from datetime import timedelta

import duckdb

from bench.trends_speed.crowd import NOW


def scan(table: duckdb.DuckDBPyConnection, items: int, asks: int) -> Iterator[tuple[str, list[float]]]:
    """Yield each question and what each of `asks` times took, in seconds."""
    table.execute(
        "CREATE OR REPLACE TABLE feedback AS "
        "SELECT make_timestamp(microseconds) AS moment, region, channel, product, mood, score "
        f"FROM crowd(1, {items})"
    )
    first = NOW - timedelta(days=90)
    told = f"mood, count(*), avg(score) FROM feedback WHERE moment >= TIMESTAMP '{first:%Y-%m-%d %H:%M}'"
    day, week = "date_trunc('day', moment)", "date_trunc('week', moment)"
    questions = {
        "90 days": f"SELECT {day}, {told}",
        "90 days by department, weekly": f"SELECT region, {week}, {told}",
        "Lima by channel, weekly": f"SELECT channel, {week}, {told} AND region = 'Lima'",
        "one product, daily": f"SELECT {day}, {told} AND product = 'product 7'",
    }
    for question, statement in questions.items():
        seconds = []
        for _ in range(asks):
            started = time.perf_counter()
            table.execute(f"{statement} GROUP BY ALL").fetchall()
            seconds.append(time.perf_counter() - started)
        yield question, seconds
