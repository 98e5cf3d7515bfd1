import asyncio

import pytest
from pulso_kit.health import Health
from pulso_kit.supervision import supervised


async def until_draining(health: Health, log: list[str]) -> None:
    await health.draining.wait()
    log.append("finished")


async def test_loops_are_told_to_finish_and_waited_for() -> None:
    health, log = Health(), []
    async with supervised(health, {"worker": lambda: until_draining(health, log)}, grace_seconds=5):
        assert log == []
    assert log == ["finished"]
    assert health.failure is None


@pytest.mark.parametrize("ending", ["raises", "returns"])
async def test_a_loop_that_dies_fails_the_process(ending: str) -> None:
    health = Health()
    told: list[str] = []
    health.on_failure(lambda: told.append("exit"))

    async def loop() -> None:
        if ending == "raises":
            raise RuntimeError("poison")

    async with supervised(health, {"indexer": loop}, grace_seconds=5):
        await health.draining.wait()
    assert health.failure == "indexer"
    assert told == ["exit"]


async def test_a_loop_that_will_not_finish_is_cancelled_after_the_grace() -> None:
    health = Health()
    cancelled = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with supervised(health, {"stubborn": stubborn}, grace_seconds=0.01):
        await asyncio.sleep(0)
    assert cancelled.is_set()
