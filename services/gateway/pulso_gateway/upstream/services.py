"""The services behind the gateway: connections to them, and whether they are ready."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx
from pulso_kit.health import Check, Unhealthy
from pulso_kit.http_client import service_client
from pulso_kit.settings import ServiceSettings

from pulso_gateway.domain.routes import Service

CONNECTIONS_PER_SERVICE: Final = 1_000
"""Each open SSE stream holds one, so there must be many more than requests at a time."""
PROBE_SECONDS: Final = 2.5
"""Within the three seconds that a readiness check may take."""
PROBE_MEMORY_SECONDS: Final = 1.0
"""Anyone may ask `/readyz`; the services and their databases are asked once a second at most."""


class Services:
    """One HTTP client per service, with the internal token and the request id."""

    def __init__(self, settings: ServiceSettings, urls: Mapping[Service, str]) -> None:
        self.clients: dict[Service, httpx.AsyncClient] = {
            service: service_client(settings, base_url=url, connections=CONNECTIONS_PER_SERVICE)
            for service, url in urls.items()
        }
        self._probes = {service: asyncio.Lock() for service in urls}
        self._outcomes: dict[Service, tuple[str | None, float]] = {}

    async def close(self) -> None:
        """Closes all connections."""
        await asyncio.gather(*(client.aclose() for client in self.clients.values()))

    async def trouble(self, service: Service) -> str | None:
        """Why the service is not ready, in words for an operator; None when it is."""
        async with self._probes[service]:
            trouble, until = self._outcomes.get(service, (None, 0.0))
            if until < time.monotonic():
                trouble = await self._probe(service)
                self._outcomes[service] = (trouble, time.monotonic() + PROBE_MEMORY_SECONDS)
            return trouble

    def readiness(self, service: Service) -> Check:
        """A readiness check of the gateway: this service is ready."""

        async def check() -> None:
            trouble = await self.trouble(service)
            if trouble is not None:
                raise Unhealthy(trouble)

        return check

    async def openapi(self, service: Service) -> dict[str, Any] | None:
        """The service's own OpenAPI document, or None when it gives none now."""
        try:
            answer = await self.clients[service].get("/openapi.json", timeout=PROBE_SECONDS)
            answer.raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, ValueError):
            return None
        return document if isinstance(document, dict) else None

    async def _probe(self, service: Service) -> str | None:
        try:
            answer = await self.clients[service].get("/readyz", timeout=PROBE_SECONDS)
            if answer.status_code == 200:
                return None
            checks = answer.json()["checks"]
            bad = [f"{name}: {outcome}" for name, outcome in checks.items() if outcome != "ok"]
        except httpx.TimeoutException:
            return "no answer"
        except httpx.HTTPError:
            return "not reachable"
        except (ValueError, KeyError, AttributeError):
            return "no usable answer"
        return "; ".join(bad) or "not ready"
