"""Every part is killed with SIGKILL while 5,000 items come in: each ends in trends exactly once.

The seeds decide whom to kill and at what point of the flow; the operating system decides the rest.
More rounds: `PULSO_FAULT_ROUNDS=100 pytest tests/faults`; one again: `pytest tests/faults -k seed7`.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.faults.importing import Importer, items
from tests.faults.outcome import DRAIN_SECONDS, Trends, assert_drained, assert_rollups_are_right
from tests.faults.stack import VICTIMS, Stack, eventually

ITEMS = 5_000
FROM_FILE = 2_000
"""So many come as a file, the others in batches beside it."""
LONGEST_OUTAGE_SECONDS = 0.3
"""Of Valkey, when it dies before another."""
ROUNDS = int(os.environ.get("PULSO_FAULT_ROUNDS", "6"))


def rounds() -> list[Any]:
    """The first with the model that ships, the others with one that costs nothing; both databases in turn."""
    kinds = ["sqlite-default", *(("sqlite-dummy", "postgresql-dummy")[seed % 2] for seed in range(1, ROUNDS))]
    ordered = sorted(enumerate(kinds), key=lambda each: each[1])  # a stack is kept while its kind lasts
    return [pytest.param(kind, seed, id=f"{kind}-seed{seed}") for seed, kind in ordered]


@dataclass(frozen=True)
class Kill:
    """The victims die, `apart` seconds from each other, when so many items have been accepted and indexed.

    A worker that dies while Valkey is away dies with its work done and no way to say so: with a batch in the
    database that comes again, or a batch in Valkey whose client never heard of it.
    """

    after: int
    victims: tuple[str, ...]
    apart: float = 0.0


def kills(seed: int) -> list[Kill]:
    """Each alone and two with Valkey away, in any order, from the first item accepted to the last indexed."""
    chance = random.Random(seed)
    pairs = [("valkey", "indexer"), ("valkey", chance.choice(("sentiment", "ingest")))]
    deaths = [*((victim,) for victim in VICTIMS), *pairs]
    chance.shuffle(deaths)
    points = sorted(chance.sample(range(2 * ITEMS), len(deaths)))
    return [
        Kill(point, victims, chance.uniform(0, LONGEST_OUTAGE_SECONDS))
        for point, victims in zip(points, deaths, strict=True)
    ]


@pytest.fixture
async def importer(stack: Stack) -> AsyncIterator[Importer]:
    importer = Importer(stack.ingest.url)
    yield importer
    await importer.close()


@pytest.fixture
async def trends(stack: Stack) -> AsyncIterator[Trends]:
    async with httpx.AsyncClient(base_url=stack.trends.url, timeout=15.0) as client:
        yield Trends(client)


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("stack", "seed"), rounds(), indirect=["stack"], scope="module")
async def test_each_accepted_item_is_in_trends_once(
    stack: Stack, seed: int, importer: Importer, trends: Trends
):
    await stack.ready()
    source = f"round-{seed}"
    rows = items(source, ITEMS)
    before = (await trends.status())["items"]

    async def strike() -> None:
        for kill in kills(seed):

            async def undue(kill: Kill = kill) -> str | None:
                accepted, status = importer.progress, await trends.status()
                reached = accepted + status["items"] - before >= kill.after
                return None if reached else f"{accepted} accepted, {status}"

            await eventually(undue, DRAIN_SECONDS, f"{kill} is due")
            await stack.strike(kill.victims, kill.apart)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(importer.import_file(rows[:FROM_FILE]))
        tasks.create_task(importer.send_batches(rows[FROM_FILE:]))
        tasks.create_task(strike())

    await assert_drained(stack.valkey.url)
    found = await trends.listed(source)
    assert sorted(int(item["external_id"]) for item in found) == list(range(ITEMS))
    ids = {item["external_id"]: item["id"] for item in found}
    assert importer.accepted.items() <= ids.items()
    assert await trends.counted(source) == ITEMS
    assert (await trends.status())["items"] == before + ITEMS
    await assert_rollups_are_right(stack.database_url, items=before + ITEMS)
    for service in stack.services:
        service.check()
