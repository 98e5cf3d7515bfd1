"""The trends application: what is opened, in which order, and how it is watched."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pulso_contracts.events import SCORED_STREAM, TRENDS_GROUP
from pulso_contracts.feedback import FieldError
from pulso_kit.app import create_app
from pulso_kit.database import Database
from pulso_kit.errors import problem_response
from pulso_kit.health import Health, Heartbeat
from pulso_kit.supervision import supervised
from pulso_streams import Consumer, Stream, connect, ping, watch_backlog

from pulso_trends.api import emerging, feedback, forecast, live, ratings, sales, segments, topics, trends
from pulso_trends.api.dependencies import Resources
from pulso_trends.errors import InvalidQuery, Overtaken, StoreUnavailable
from pulso_trends.settings import TrendsSettings
from pulso_trends.source.confusion import ModelConfusion
from pulso_trends.source.word_vectors import WordVectors
from pulso_trends.store.indexing import index
from pulso_trends.store.migrate import migrate, schema_check
from pulso_trends.store.tail import Tail
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topics import TopicsInUse
from pulso_trends.worker.indexer import Indexer
from pulso_trends.worker.topics import TopicKeeper
from pulso_trends.worker.watch import Watch

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 60.0
"""Longer than any batch or any wait for the stream's server takes."""
LOOK_SECONDS = 600.0
"""Longer than any look at all trends, or any day's recount, takes."""


def build_app(settings: TrendsSettings) -> FastAPI:
    """The application; opening anything waits until it starts."""
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            resources = _open(settings, stack)
            await migrate(resources.database)
            health.add_readiness("database", schema_check(resources.database))
            loops: dict[str, Callable[[], Awaitable[None]]] = {}
            if settings.serves:
                app.state.resources = resources
                loops["confusion"] = partial(resources.confusion.run, health.draining)
                loops["tail"] = partial(resources.tail.run, health.draining)
            if settings.indexes:
                loops["indexer"] = partial(_indexer(resources, health).run, health.draining)
                loops["watch"] = partial(_watch(resources, health).run, health.draining)
                loops["topics"] = partial(_topics(resources, health).run, health.draining)
                loops["backlog"] = partial(_watch_backlog, resources, health.draining)
                health.add_readiness("stream", partial(ping, resources.stream_client))
            await stack.enter_async_context(
                supervised(health, loops, grace_seconds=settings.shutdown_seconds)
            )
            yield

    endpoints = (trends, emerging, topics, segments, forecast, sales, ratings, feedback, live)
    routers = [each.router for each in endpoints] if settings.serves else []
    app = create_app(service="trends", settings=settings, health=health, routers=routers, lifespan=lifespan)
    app.add_exception_handler(InvalidQuery, _on_invalid_query)
    app.add_exception_handler(StoreUnavailable, _on_store_unavailable)
    app.add_exception_handler(Overtaken, _on_overtaken)
    return app


def _open(settings: TrendsSettings, stack: AsyncExitStack) -> Resources:
    database = Database(settings.database_url.get_secret_value(), application="pulso-trends")
    stack.push_async_callback(database.close)
    client = connect(settings.redis_url)
    stack.push_async_callback(client.aclose)
    tail = Tail(database, poll_seconds=settings.live_poll_seconds, most_followers=settings.live_max_clients)
    stream = Stream(SCORED_STREAM, settings.stream_shards)
    return Resources(settings, database, TaxonomyInUse(), ModelConfusion(settings), tail, client, stream)


def _indexer(resources: Resources, health: Health) -> Indexer:
    settings = resources.settings
    heartbeat = Heartbeat(HEARTBEAT_SECONDS)
    health.add_liveness("indexer", heartbeat.check)
    consumer = Consumer(
        resources.stream_client,
        resources.stream,
        TRENDS_GROUP,
        batch_size=settings.index_batch_size,
        claim_idle=settings.stream_claim_idle_seconds,
    )
    store = partial(index, resources.database, taxonomy=resources.taxonomy, topics=TopicsInUse())
    return Indexer(consumer, store, heartbeat=heartbeat, indexed=resources.tail.nudge)


def _watch(resources: Resources, health: Health) -> Watch:
    seconds = resources.settings.watch_seconds
    heartbeat = Heartbeat(seconds + LOOK_SECONDS)
    health.add_liveness("watch", heartbeat.check)
    return Watch(
        resources.database,
        resources.taxonomy,
        seconds=seconds,
        heartbeat=heartbeat,
        retention_days=resources.settings.retention_days,
    )


def _topics(resources: Resources, health: Health) -> TopicKeeper:
    settings = resources.settings
    heartbeat = Heartbeat(settings.watch_seconds + LOOK_SECONDS)
    health.add_liveness("topics", heartbeat.check)
    return TopicKeeper(
        resources.database,
        resources.taxonomy,
        WordVectors(settings),
        seconds=settings.watch_seconds,
        heartbeat=heartbeat,
    )


async def _watch_backlog(resources: Resources, draining: asyncio.Event) -> None:
    """Keeps the backlog's gauges up to date until `draining` is set."""
    async with asyncio.TaskGroup() as group:
        watch = group.create_task(watch_backlog(resources.stream_client, resources.stream, TRENDS_GROUP))
        await draining.wait()
        watch.cancel()


async def _on_invalid_query(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InvalidQuery)  # noqa: S101 - the registration guarantees it
    errors = [FieldError(field=error.field, message=error.message)]
    return problem_response(422, detail="Some parameters break their rules.", errors=errors)


async def _on_store_unavailable(_request: Request, error: Exception) -> JSONResponse:
    log.warning("store.unavailable", reason=str(error))
    return problem_response(503, detail="The database cannot answer now.", headers={"Retry-After": "2"})


async def _on_overtaken(_request: Request, _error: Exception) -> JSONResponse:
    return problem_response(409, detail="A newer look has changed the list; begin again without `cursor`.")
