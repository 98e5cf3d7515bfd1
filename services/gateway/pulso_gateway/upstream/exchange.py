"""One exchange with a service: errors before the answer begins become problems with an honest status."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pulso_kit.errors import BadGateway, BadRequest, GatewayTimeout, Unavailable

from pulso_gateway.domain.headers import RawHeaders
from pulso_gateway.domain.routes import Route
from pulso_gateway.metrics import UPSTREAM_REQUESTS, UPSTREAM_SECONDS
from pulso_gateway.upstream.body import CallerBody

CONNECT_SECONDS = 2.0
WRITE_SECONDS = 30.0


def build_request(
    client: httpx.AsyncClient, route: Route, *, path: str, query: bytes, headers: RawHeaders, body: CallerBody
) -> httpx.Request:
    """The request to the service.

    Raises:
        BadRequest: The query holds bytes that no URL has.
    """
    try:
        query.decode("ascii")
        target = path.encode() + (b"?" + query if query else b"")
        url = client.base_url.copy_with(raw_path=client.base_url.raw_path.rstrip(b"/") + target)
    except (UnicodeDecodeError, httpx.InvalidURL) as error:
        raise BadRequest("The query of the address is not well formed.") from error
    return client.build_request(
        route.method,
        url,
        headers=headers,
        content=body.pieces() if body.expected else None,
        timeout=httpx.Timeout(
            route.answer_seconds, connect=CONNECT_SECONDS, write=WRITE_SECONDS, pool=CONNECT_SECONDS
        ),
    )


@asynccontextmanager
async def answer_to(
    client: httpx.AsyncClient, request: httpx.Request, route: Route
) -> AsyncIterator[httpx.Response]:
    """The service's answer, its body still to come; the connection is given back at the end of the block.

    Raises:
        Unavailable: The service cannot be reached; nothing was sent, so trying again is safe.
        GatewayTimeout: It took the request and did not answer in time.
        BadGateway: It broke off before its answer began, or does not know this gateway.
        BadRequest: The caller's headers and body contradict each other.
    """
    name = route.service
    started = time.perf_counter()
    try:
        response = await client.send(request, stream=True)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        _count(route, "unreachable")
        raise Unavailable(f"The {name} service cannot be reached now.", retry_after=2) from error
    except httpx.TimeoutException as error:
        _count(route, "timeout")
        raise GatewayTimeout(f"The {name} service did not answer in time.") from error
    except httpx.LocalProtocolError as error:
        _count(route, "malformed")
        raise BadRequest("The headers and the body of the request do not fit together.") from error
    except httpx.TransportError as error:
        _count(route, "broken")
        raise BadGateway(f"The {name} service broke off before it answered.") from error
    UPSTREAM_SECONDS.labels(service=name).observe(time.perf_counter() - started)
    try:
        if response.status_code == 401:
            _count(route, "refused")
            raise BadGateway(f"The {name} service does not accept this gateway.")
        _count(route, f"{response.status_code // 100}xx")
        yield response
    finally:
        await response.aclose()


def _count(route: Route, outcome: str) -> None:
    UPSTREAM_REQUESTS.labels(service=route.service, outcome=outcome).inc()
