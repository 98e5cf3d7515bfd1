"""The endpoints of all services, as the route table lists them."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from pulso_kit.errors import NotFound, TooLarge

from pulso_gateway.api.admission import admit
from pulso_gateway.api.relay import Relay
from pulso_gateway.domain.routes import API_PREFIX, ROUTES, Route, service_path
from pulso_gateway.settings import GatewaySettings
from pulso_gateway.upstream.services import Services


def proxy_router() -> APIRouter:
    """One endpoint per row of the table, so that metrics and logs name the path template, not the path."""
    router = APIRouter(prefix=API_PREFIX)
    for route in ROUTES:
        router.add_api_route(route.path, _endpoint(route), methods=[route.method], include_in_schema=False)
    return router


def _endpoint(route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def relay(request: Request) -> Response:
        admission = await admit(request, route.roles)
        path = service_path(route, request.path_params)
        if path is None:
            raise NotFound("Nothing has that id.")
        settings: GatewaySettings = request.app.state.settings
        services: Services = request.app.state.services
        limit = settings.max_upload_bytes if route.upload else settings.max_body_bytes
        if int(request.headers.get("content-length", "0")) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        return Relay(
            route,
            client=services.clients[route.service],
            path=path,
            body_limit=limit,
            headers=admission.allowance.headers(),
            draining=request.app.state.health.draining,
        )

    return relay
