"""Puts ingest together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pulso_contracts.events import FEEDBACK_STREAM
from pulso_kit.app import create_app
from pulso_kit.health import Health, Unhealthy
from pulso_kit.supervision import supervised
from pulso_streams import Publisher, Stream, StreamUnavailable, connect, ping

from pulso_ingest.api import batch, feedback, imports
from pulso_ingest.domain import language
from pulso_ingest.imports.desk import ImportDesk
from pulso_ingest.imports.file_store import FileJobStore
from pulso_ingest.imports.worker import ImportWorker
from pulso_ingest.intake import Intake
from pulso_ingest.settings import IngestSettings


def build_app(settings: IngestSettings) -> FastAPI:
    """The service with its background work; nothing connects before its lifespan begins."""
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(language.get_ready)
        client = connect(settings.redis_url)

        async def stream_reachable() -> None:
            try:
                await ping(client)
            except StreamUnavailable as error:
                raise Unhealthy(str(error)) from error

        health.add_readiness("stream", stream_reachable)
        publisher = Publisher(
            client,
            Stream(FEEDBACK_STREAM, settings.stream_shards),
            max_length=settings.stream_max_length,
            dedup_ttl=settings.dedup_seconds,
        )
        app.state.intake = intake = Intake(publisher, settings.customer_key.get_secret_value().encode())
        store = FileJobStore(settings.data_dir / "imports")
        worker = ImportWorker(store, intake, settings, health)
        app.state.import_desk = ImportDesk(store, worker, settings)
        try:
            async with supervised(health, {"imports": worker.run}, grace_seconds=settings.shutdown_seconds):
                yield
        finally:
            store.close()
            await client.aclose()

    return create_app(
        service="ingest",
        settings=settings,
        health=health,
        routers=[feedback.router, batch.router, imports.router],
        lifespan=lifespan,
        unlimited_bodies=("/imports",),
    )
