"""The sentiment service: what it opens, in which order, and what its health asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from fastapi import FastAPI
from pulso_contracts.events import FEEDBACK_STREAM, SCORED_STREAM, SENTIMENT_GROUP
from pulso_kit.app import create_app
from pulso_kit.health import Health, Unhealthy
from pulso_kit.supervision import supervised
from pulso_streams import Client, Consumer, Publisher, SharedCache, Stream, connect, ping, watch_backlog

from pulso_sentiment import metrics
from pulso_sentiment.api.door import Door
from pulso_sentiment.api.embeddings import router as embeddings_router
from pulso_sentiment.api.sentiment import router
from pulso_sentiment.cache import AnswerCache
from pulso_sentiment.domain import language
from pulso_sentiment.engine import Capacity, Engine
from pulso_sentiment.engine.capacity import measure
from pulso_sentiment.model import Model, ModelError, load_model
from pulso_sentiment.scoring import Scorer
from pulso_sentiment.settings import Role, SentimentSettings
from pulso_sentiment.worker import Worker
from pulso_sentiment.worker.worker import BATCH_MESSAGES, batches_in_flight

log = structlog.get_logger(__name__)

STUCK_SECONDS = 60.0
"""A batch takes well under a second; a device that holds one for this long will not come back."""


def build_app(settings: SentimentSettings) -> FastAPI:
    """Return the app of this process; the model is loaded when it starts."""
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Model, engine, worker; at the end the worker drains first, since its batches need the engine."""
        (model, capacity), _ = await asyncio.gather(
            asyncio.to_thread(_ready_model, settings), asyncio.to_thread(language.get_ready)
        )
        engine = Engine(model, capacity)
        _add_engine_checks(health, engine)
        client = connect(settings.redis_url)
        app.state.model, app.state.model_card = model, (card := model.card)
        cache = AnswerCache(
            f"{card.version}/{card.runtime}/{card.precision}",
            size=settings.cached_texts,
            shared=_shared(settings, client),
        )
        app.state.scorer = scorer = Scorer(engine, cache)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(client.aclose)
            await stack.enter_async_context(engine.running(lambda: health.fail("engine")))
            if settings.role is not Role.API:
                await stack.enter_async_context(_working(settings, client, health, scorer))
            yield

    routers = [] if settings.role is Role.WORKER else [router, embeddings_router]
    app = create_app(
        service="sentiment", settings=settings, health=health, routers=routers, lifespan=lifespan
    )
    if routers:
        app.add_middleware(Door)
    return app


def _ready_model(settings: SentimentSettings) -> tuple[Model, Capacity]:
    try:
        model = load_model(settings.model, int8=settings.int8)
    except ModelError as error:
        log.critical("model.not_loaded", reason=str(error))
        raise
    capacity, card = measure(model), model.card
    metrics.MODEL.labels(card.version, card.runtime, card.precision).set(1)
    metrics.PEAK_OPERATIONS.set(capacity.peak_operations or 0)
    log.info(
        "model.loaded",
        version=card.version,
        runtime=card.runtime,
        precision=card.precision,
        devices=model.devices,
        batch_tokens=capacity.batch_tokens,
        tokens_per_second=round(capacity.tokens_per_second),
    )
    return model, capacity


def _shared(settings: SentimentSettings, client: Client) -> SharedCache | None:
    if not settings.shared_cache_seconds:
        return None
    return SharedCache(client, "pulso:answers", keep_seconds=settings.shared_cache_seconds)


def _add_engine_checks(health: Health, engine: Engine) -> None:
    async def engine_alive() -> None:
        if not engine.alive:
            raise Unhealthy("the engine does not run")
        if engine.busy_seconds > STUCK_SECONDS:
            raise Unhealthy(f"a batch is on the device for {engine.busy_seconds:.0f} s")

    health.add_liveness("engine", engine_alive)


@asynccontextmanager
async def _working(
    settings: SentimentSettings, client: Client, health: Health, scorer: Scorer
) -> AsyncIterator[None]:
    feedback = Stream(FEEDBACK_STREAM, settings.stream_shards)
    scored = Stream(SCORED_STREAM, settings.stream_shards)
    consumer = Consumer(
        client,
        feedback,
        SENTIMENT_GROUP,
        batch_size=BATCH_MESSAGES,
        claim_idle=settings.stream_claim_idle_seconds,
    )
    publisher = Publisher(client, scored, max_length=settings.stream_max_length)
    worker = Worker(scorer, consumer, publisher, batches=batches_in_flight(scorer.batch_tokens))

    async def stream_reachable() -> None:
        await ping(client)

    async def work() -> None:
        await worker.run(health.draining)

    health.add_readiness("stream", stream_reachable)
    gauges = asyncio.create_task(watch_backlog(client, feedback, SENTIMENT_GROUP), name="backlog gauges")
    try:
        async with supervised(health, {"worker": work}, grace_seconds=settings.shutdown_seconds):
            yield
    finally:
        gauges.cancel()
        await asyncio.gather(gauges, return_exceptions=True)
