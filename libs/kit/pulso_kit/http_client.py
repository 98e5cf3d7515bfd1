"""Calls from one service to another."""

import httpx

from pulso_kit.context import INTERNAL_TOKEN_HTTP_HEADER, REQUEST_ID_HTTP_HEADER, request_id
from pulso_kit.settings import ServiceSettings


async def _carry_request_id(request: httpx.Request) -> None:
    current = request_id.get()
    if current is not None:
        request.headers.setdefault(REQUEST_ID_HTTP_HEADER, current)


def service_client(
    settings: ServiceSettings, *, base_url: str = "", timeout: float = 10.0, connections: int = 200
) -> httpx.AsyncClient:
    """A client that carries the request id and the internal token, and tries a refused connection again once.

    Args:
        settings: The caller's settings, for the internal token.
        base_url: Where the other service is.
        timeout: Seconds for an answer; connecting has 2 seconds.
        connections: The most connections open at a time.
    """
    headers = {}
    if settings.internal_tokens:
        headers[INTERNAL_TOKEN_HTTP_HEADER] = settings.internal_tokens[0]
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections // 4)
    return httpx.AsyncClient(
        base_url=base_url,
        headers=headers,
        timeout=httpx.Timeout(timeout, connect=2.0),
        transport=httpx.AsyncHTTPTransport(retries=1, limits=limits),
        event_hooks={"request": [_carry_request_id]},
    )
