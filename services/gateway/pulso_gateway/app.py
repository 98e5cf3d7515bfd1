"""The gateway as an application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pulso_kit.app import create_app
from pulso_kit.database import Database
from pulso_kit.health import Health
from pulso_kit.schema import schema_check

from pulso_gateway.access.door import Door
from pulso_gateway.access.rates import RateLimits
from pulso_gateway.access.verifier import KeyVerifier
from pulso_gateway.api import documents, keys, status_page
from pulso_gateway.api.methods import method_not_allowed
from pulso_gateway.api.proxy import proxy_router
from pulso_gateway.domain.routes import API_PREFIX, ROUTES, Service
from pulso_gateway.settings import GatewaySettings, Need
from pulso_gateway.store.keys import KeyStore
from pulso_gateway.store.migrate import SCRIPTS, VERSION_TABLE
from pulso_gateway.upstream.openapi import MergedOpenApi
from pulso_gateway.upstream.services import Services


def build_app(settings: GatewaySettings) -> FastAPI:
    """The gateway's application."""
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database_url.get_secret_value(), application="pulso-gateway")
        services = Services(settings, settings.service_urls())
        rates = RateLimits(settings.redis_url.get_secret_value())
        try:
            await database.migrate(SCRIPTS)
            admin_key = settings.admin_key.get_secret_value() if settings.admin_key is not None else None
            app.state.keys = KeyStore(database)
            app.state.verifier = KeyVerifier(app.state.keys, admin_key=admin_key)
            app.state.services = services
            app.state.openapi_document = MergedOpenApi(services, app.openapi())
            app.state.door = Door(
                app.state.verifier,
                rates,
                per_role=settings.rates(),
                anonymous=settings.rate_anonymous,
                refused=settings.rate_refused,
            )
            checks = {Need.DATABASE: schema_check(database, SCRIPTS, VERSION_TABLE)}
            checks |= {Need(service): services.readiness(service) for service in Service}
            for need in sorted(settings.ready_requires):
                health.add_readiness(need, checks[need])
            yield
        finally:
            await rates.close()
            await services.close()
            await database.close()

    routers = [keys.router, proxy_router(), documents.router, status_page.router]
    app = create_app(
        service="gateway",
        settings=settings,
        health=health,
        routers=routers,
        lifespan=lifespan,
        unlimited_bodies=tuple(API_PREFIX + route.path for route in ROUTES if route.upload),
        public=True,
    )
    app.title = "Pulso"
    app.add_exception_handler(405, method_not_allowed(routers))
    return app
