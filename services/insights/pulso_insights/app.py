"""Insights as an application."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from pulso_kit.app import create_app
from pulso_kit.database import Database
from pulso_kit.health import Health
from pulso_kit.http_client import service_client
from pulso_kit.schema import schema_check

from pulso_insights.api import insights
from pulso_insights.composer import Composer
from pulso_insights.settings import InsightsSettings
from pulso_insights.source.trends import TrendsSource
from pulso_insights.store.briefs import BriefStore
from pulso_insights.store.migrate import SCRIPTS, VERSION_TABLE
from pulso_insights.writers.protocol import Writer


def build_app(settings: InsightsSettings) -> FastAPI:
    """The application of insights.

    It is ready when its database is: without trends it can still show the briefs that it keeps, and trends
    answers for its own readiness.
    """
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            database = Database(settings.database_url.get_secret_value(), application="pulso-insights")
            stack.push_async_callback(database.close)
            await database.migrate(SCRIPTS)
            health.add_readiness("database", schema_check(database, SCRIPTS, VERSION_TABLE))
            trends = service_client(
                settings, base_url=str(settings.trends_url), timeout=settings.trends_seconds
            )
            await stack.enter_async_context(trends)
            app.state.briefs = BriefStore(database)
            app.state.composer = Composer(
                TrendsSource(trends),
                app.state.briefs,
                model=await _language_model(settings, stack),
                at_once=settings.insights_at_once,
                seconds=settings.brief_seconds,
            )
            yield

    return create_app(
        service="insights", settings=settings, health=health, routers=[insights.router], lifespan=lifespan
    )


async def _language_model(settings: InsightsSettings, stack: AsyncExitStack) -> Writer | None:
    if settings.openai_api_key is None:
        return None
    # Importing the client takes a second of CPU and 16 MB: a stack without a key does without.
    from pulso_insights.writers.language_model import LanguageModelWriter

    writer = LanguageModelWriter(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        model=settings.insights_model,
        deadline_seconds=settings.insights_deadline_seconds,
    )
    stack.push_async_callback(writer.close)
    return writer
