"""A process that exports, as a real one: what a collector gets, and what happens when it is away."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pulso_kit.tracing.export import BATCH_SPANS, QUEUE_SPANS

from tests.fixtures.valkey_server import free_port

EXPORTING = """
import sys
from pulso_kit.logging import configure_logging
from pulso_kit.tracing import export
from pulso_kit.tracing.spans import span

export.EXPORT_SECONDS = 600  # whoever waits for a batch waits for the SDK's 30 seconds, past the test's 25
configure_logging(service="gateway", level="info", fmt="json")
with export.exporting("gateway", sys.argv[1], share=1.0, public=False):
    for line in sys.stdin:
        for _ in range(int(line)):
            with span("work"):
                pass
        print("made", flush=True)
"""

STORING = """
import asyncio, sys
from pulso_kit.database import Database
from pulso_kit.tracing.export import exporting
from pulso_kit.tracing.spans import span
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

async def store():
    database = Database(sys.argv[2], application="test")
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, said TEXT)"))
    with span("batch"):
        async with database.transaction() as session:
            rows = [{"id": number, "said": "a secret text"} for number in range(3)]
            await session.execute(text("INSERT INTO note VALUES (:id, :said)"), rows)
        try:
            async with database.transaction() as session:
                await session.execute(text("INSERT INTO note VALUES (1, :said)"), {"said": "a secret text"})
        except IntegrityError:
            pass
        async with database.transaction() as session:
            await session.execute(text("SELECT id FROM note WHERE said = :said"), {"said": "a secret text"})
    await database.close()

with exporting("trends", sys.argv[1], share=1.0, public=False):
    asyncio.run(store())
"""


class Process:
    """A process that makes as many spans as it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def make(self, spans: int) -> list[dict[str, object]]:
        """Returns when they are made, with what was logged meanwhile."""
        self._process.stdin.write(f"{spans}\n")
        self._process.stdin.flush()
        lines = []
        while (line := self._process.stdout.readline()) != "made\n":
            lines.append(json.loads(line))
        return lines

    def end(self) -> list[dict[str, object]]:
        """Returns when it has ended, with what was logged meanwhile."""
        rest, _ = self._process.communicate(timeout=25)
        assert self._process.returncode == 0
        return [json.loads(line) for line in rest.splitlines()]


@contextmanager
def exporting(endpoint: str) -> Iterator[Process]:
    command = [sys.executable, "-c", EXPORTING, endpoint]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Process(process)
        finally:
            process.kill()


def test_what_is_waiting_at_the_end_still_arrives(collector):
    with exporting(collector.url + "/") as process:
        process.make(3)
        assert process.end() == []
    assert [(span.service, span.name) for span in collector.spans()] == [("pulso-gateway", "work")] * 3


def test_an_outage_is_told_once_and_its_end_with_what_was_lost(collector):
    collector.refuse = 400
    logged = []
    with exporting(collector.url) as process:
        for _ in range(3):
            before = collector.refused
            logged += process.make(BATCH_SPANS)
            collector.wait_for(lambda _, before=before: collector.refused > before)
        collector.refuse = None
        process.make(BATCH_SPANS)
        collector.wait_for(lambda spans: len(spans) == BATCH_SPANS)
        logged += process.end()
    events = [(line["event"], line["service"], line.get("lost")) for line in logged]
    assert events == [
        ("traces.not_exported", "gateway", None),
        ("traces.exported_again", "gateway", 3 * BATCH_SPANS),
    ]


def test_while_a_collector_hangs_no_more_waits_than_the_queue_holds(collector):
    collector.answers.clear()
    with exporting(collector.url) as process:
        process.make(4 * QUEUE_SPANS)
        collector.answers.set()
        process.end()
    # The batch that was on its way, and perhaps its second try.
    assert 0 < len(collector.spans()) <= QUEUE_SPANS + 2 * BATCH_SPANS


@pytest.mark.parametrize("trouble", ["hangs", "is not there", "is busy"])
def test_a_collector_in_trouble_does_not_hold_up_the_end(collector, trouble):
    if trouble == "hangs":
        collector.answers.clear()
    elif trouble == "is busy":
        collector.refuse = 503
    endpoint = f"http://127.0.0.1:{free_port()}" if trouble == "is not there" else collector.url
    with exporting(endpoint) as process:
        process.make(QUEUE_SPANS)
        process.end()


def test_statements_are_told_by_operation_and_table_and_nothing_else(collector, database_url):
    subprocess.run([sys.executable, "-c", STORING, collector.url, database_url], check=True)
    spans = collector.spans()
    (batch,) = (span for span in spans if span.name == "batch")
    transactions = [span for span in spans if span.name == "transaction"]
    assert {span.parent for span in transactions} == {batch.id}
    statements = [span for span in spans if span not in transactions and span != batch]
    assert {span.parent for span in statements} <= {span.id for span in transactions}
    told = [(span.name, span.attributes.get("db.operation.batch.size"), span.failed) for span in statements]
    assert sorted(told, key=str) == [
        ("INSERT note", 3, False),
        ("INSERT note", None, True),
        ("SELECT note", None, False),
    ]
    (failed,) = (span for span in statements if span.failed)
    assert failed.attributes["error.type"] in {"IntegrityError", "UniqueViolationError"}
    assert b"secret" not in b"".join(collector.raw)
