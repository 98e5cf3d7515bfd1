"""What the tests of trends share: scored events as the stream brings them, a migrated database."""

import asyncio
import hashlib
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx
import pytest
import uvicorn
from pulso_contracts.events import FEEDBACK_SCORED, SCORED_STREAM, FeedbackScored
from pulso_kit.database import Database
from pulso_streams import Message, Publisher, Stream, connect
from pulso_trends.app import build_app
from pulso_trends.settings import TrendsSettings
from pulso_trends.store.migrate import migrate

SCORES = {"negative": -0.8, "neutral": 0.05, "positive": 0.9}

DEADLINE_SECONDS = 20

MakeScored = Callable[..., FeedbackScored]
Publish = Callable[..., Awaitable[None]]
StartService = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def scored() -> MakeScored:
    """Makes a scored event; each call without an id makes a new item, one minute after the one before."""
    numbers = count()

    def make(
        text: str = "El ceviche estuvo bacán", *, sentiment: str = "positive", **fields: object
    ) -> FeedbackScored:
        number = next(numbers)
        created = datetime(2026, 11, 10, 15, tzinfo=UTC) + timedelta(minutes=number)
        aspects = [
            {"aspect": aspect, "term": aspect, "sentiment": opinion, "score": SCORES[opinion]}
            for aspect, opinion in dict(fields.pop("aspects", {})).items()  # type: ignore[call-overload]
        ]
        return FeedbackScored.model_validate(
            {
                "id": hashlib.sha256(f"{number}".encode()).hexdigest()[:32],
                "accepted_at": created,
                "created_at": created,
                "scored_at": created,
                "text": text,
                "channel": "review",
                "language": "es",
                "sentiment": sentiment,
                "probabilities": {"negative": 0.05, "neutral": 0.05, "positive": 0.9},
                "score": SCORES[sentiment],
                "aspects": aspects,
                "model_version": "test",
            }
            | fields
        )

    return make


@pytest.fixture
def tasteful(scored: MakeScored) -> Callable[..., list[FeedbackScored]]:
    """Makes what people of two tastes say, on days of their own of the four weeks before 2026-11-12."""
    tastes = (
        ("ceviche", "tiradito", "parihuela", "jalea"),
        ("picarones", "alfajores", "tres leches", "turrón"),
    )

    def make(each: int = 40, days: int = 6) -> list[FeedbackScored]:
        draw = random.Random(8)
        return [
            scored(
                f"Pedí {draw.choice(dishes if draw.random() < 0.95 else tastes[1 - taste])}",
                customer=hashlib.sha256(f"{taste}-{person}".encode()).hexdigest()[:32],
                region="Piura" if taste == 0 else "Lima",
                sentiment="positive" if taste == 0 else "negative",
                created_at=datetime(2026, 11, 11, 15, tzinfo=UTC) - timedelta(days=day, minutes=person),
            )
            for taste, dishes in enumerate(tastes)
            for person in range(each)
            for day in draw.sample(range(28), days)
        ]

    return make


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    opened = Database(database_url, application="pulso-trends-tests")
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def publish(redis_url: str) -> AsyncIterator[Publish]:
    """Puts scored events, or bodies that are none, into the scored stream."""
    client = connect(redis_url)
    publisher = Publisher(client, Stream(SCORED_STREAM))

    async def send(*events: FeedbackScored | bytes, kind: str = FEEDBACK_SCORED) -> None:
        for number, event in enumerate(events):
            given = isinstance(event, bytes)
            body = event if given else event.model_dump_json().encode()
            await publisher.publish(Message(f"raw-{number}" if given else event.id, kind, body))

    yield send
    await client.aclose()


@pytest.fixture
def start_service(redis_url: str) -> StartService:
    """Runs the service behind a real HTTP server in this process, and gives a client of it."""

    @asynccontextmanager
    async def start(database_url: str, **fields: object) -> AsyncIterator[httpx.AsyncClient]:
        settings = TrendsSettings(database_url=database_url, redis_url=redis_url, **fields)  # type: ignore[arg-type]
        app = build_app(settings)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5))
            running = asyncio.create_task(server.serve(sockets=[listener]))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            try:
                async with httpx.AsyncClient(base_url=url, timeout=DEADLINE_SECONDS) as client:
                    await until(lambda: started(server, running))
                    yield client
            finally:
                app.state.health.draining.set()
                server.should_exit = True
                await running

    return start


async def started(server: uvicorn.Server, running: asyncio.Task[None]) -> bool:
    if running.done():
        await running
        raise AssertionError("the server ended while it started")
    return server.started


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Waits for a condition; fails when it does not come true in time."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - what is awaited lies in another process
            await asyncio.sleep(0.02)


@pytest.fixture
def eventually() -> Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]:
    """`until`, for tests."""
    return until
