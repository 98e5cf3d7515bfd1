"""The application that every service starts from."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from prometheus_fastapi_instrumentator import Instrumentator

from pulso_kit.errors import PROBLEM_RESPONSES, install_error_handlers
from pulso_kit.health import Health
from pulso_kit.middleware import QUIET_PATHS, BodyLimit, InternalToken, RequestContext
from pulso_kit.settings import ServiceSettings
from pulso_kit.tracing.caller import CallerLink

LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


TELEMETRY = TelemetryConfig(
    metrics=False,  # Prometheus has them
    logs=False,  # they would quote exceptions
    operation_spans=False,
    auto_configure=False,  # FASTAPI_OTEL_AUTO_CONFIGURE exports queries too, past `tracing.allowed`
    exclude=lambda scope: scope["path"] in QUIET_PATHS,
)
"""Of FastAPI's own instrumentation only the span of each request."""


class Lifespan(Protocol):
    """What a service does before its first and after its last request."""

    def __call__(self, app: FastAPI) -> AbstractAsyncContextManager[None]:  # noqa: D102 - the class says it
        ...


def create_app(
    *,
    service: str,
    settings: ServiceSettings,
    health: Health,
    routers: Sequence[APIRouter],
    lifespan: Lifespan,
    version: str = "0.1.0",
    unlimited_bodies: tuple[str, ...] = (),
    public: bool = False,
) -> FastAPI:
    """A FastAPI app with problem+json errors, request ids, body limit, `/healthz`, `/readyz` and `/metrics`.

    Args:
        service: The service's name: title of its OpenAPI and `service` in its logs.
        settings: Its settings; `internal_token` closes it to all but the gateway and fellow services.
        health: Its checks; also found at `app.state.health`.
        routers: Its endpoints.
        lifespan: Opens and closes what it needs.
        version: The version told by OpenAPI.
        unlimited_bodies: Path prefixes of endpoints that stream their body under their own limit.
        public: True for the gateway, which has keys instead of the internal token and serves its own
            `/openapi.json`, merged from all services.
    """
    app = FastAPI(
        title=f"Pulso {service}",
        version=version,
        lifespan=lifespan,
        responses=PROBLEM_RESPONSES,
        openapi_url=None if public else "/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry=TELEMETRY,
    )
    app.state.health = health
    app.state.settings = settings
    app.state.public = public
    install_error_handlers(app)
    for router in routers:
        app.include_router(router)
    app.include_router(health.router())
    Instrumentator(
        excluded_handlers=["/metrics", "/healthz", "/readyz"], should_group_status_codes=False
    ).instrument(app, latency_lowr_buckets=LATENCY_BUCKETS).expose(app, include_in_schema=False)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, exempt=unlimited_bodies)
    if settings.internal_tokens and not public:
        app.add_middleware(InternalToken, tokens=settings.internal_tokens)
    app.add_middleware(RequestContext)
    if public and settings.otlp_endpoint is not None:
        app.add_middleware(CallerLink)
    return app
