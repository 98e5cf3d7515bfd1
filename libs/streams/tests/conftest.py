"""One behaviour suite for a single server and for a cluster of three."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from prometheus_client import REGISTRY
from pulso_streams import Client, Consumer, Delivery, Message, Publisher, Stream, connect


@pytest.fixture(params=["single", pytest.param("cluster", marks=pytest.mark.slow)])
def stream_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("redis_url" if request.param == "single" else "cluster_url")


@pytest.fixture
async def client(stream_url: str) -> AsyncIterator[Client]:
    client = connect(stream_url)
    yield client
    await client.aclose()


@pytest.fixture
def feedback() -> Stream:
    return Stream("feedback")


@pytest.fixture
def scored() -> Stream:
    return Stream("scored")


@pytest.fixture
def publisher(client: Client, feedback: Stream) -> Publisher:
    return Publisher(client, feedback)


@pytest.fixture
async def consumers(client: Client, feedback: Stream) -> AsyncIterator[Callable[..., Consumer]]:
    """Makes consumers that are quick to claim; those that a test did not close are closed after it."""
    made: list[Consumer] = []

    def make(stream: Stream = feedback, group: str = "sentiment", **options: object) -> Consumer:
        settings = {"block": 0.05, "claim_idle": 0.3, "retry_delay": 0.05} | options
        made.append(Consumer(client, stream, group, **settings))
        return made[-1]

    yield make
    for consumer in made:
        await consumer.close()


@pytest.fixture
def messages() -> Callable[..., list[Message]]:
    def make(count: int, start: int = 0) -> list[Message]:
        return [
            Message(
                f"m{number}",
                "feedback.received.v1",
                f"cuerpo {number}".encode(),
                {"request_id": f"r{number}"},
            )
            for number in range(start, start + count)
        ]

    return make


@pytest.fixture
def fetch_until() -> Callable[..., object]:
    """Fetches until so many deliveries are there, or fails after ten seconds."""

    async def fetch(consumer: Consumer, count: int) -> list[Delivery]:
        deliveries: list[Delivery] = []
        deadline = time.monotonic() + 10
        while len(deliveries) < count:
            assert time.monotonic() < deadline, f"{len(deliveries)} of {count} deliveries came"
            deliveries += await consumer.fetch()
        return deliveries

    return fetch


@pytest.fixture
def kill() -> Callable[[Consumer], None]:
    """Makes a consumer dead to the group, as SIGKILL would: it renews and releases nothing any more."""

    def renew_no_more(consumer: Consumer) -> None:
        assert consumer._keeper is not None
        consumer._keeper.cancel()

    return renew_no_more


@pytest.fixture
def eventually() -> Callable[..., object]:
    """Waits until a coroutine function answers true, or fails after ten seconds."""

    async def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not await condition():
            assert time.monotonic() < deadline, "the condition never came true"
            await asyncio.sleep(0.01)

    return wait


@pytest.fixture
def counted() -> Iterator[Callable[..., float]]:
    """How much a counter of this package grew since the test began."""
    before: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
    }

    def grown(name: str, **labels: str) -> float:
        full = f"pulso_streams_{name}_total"
        now = REGISTRY.get_sample_value(full, labels) or 0.0
        return now - before.get((full, tuple(sorted(labels.items()))), 0.0)

    return grown
