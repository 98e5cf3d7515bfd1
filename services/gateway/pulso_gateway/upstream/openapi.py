"""The merged OpenAPI document, fetched when asked for and kept for a while."""

import asyncio
import time
from typing import Any, Final

from pulso_gateway.domain.openapi import Document, merge
from pulso_gateway.domain.routes import ROUTES, Service
from pulso_gateway.upstream.services import Services

COMPLETE_SECONDS: Final = 60.0
INCOMPLETE_SECONDS: Final = 3.0
"""While a service is missing, it is asked again soon."""


class MergedOpenApi:
    """The document of the whole platform; a service that is down is told of as it was last seen."""

    def __init__(self, services: Services, own: Document) -> None:
        self._services = services
        self._own = own
        self._seen: dict[Service, dict[str, Any] | None] = dict.fromkeys(Service)
        self._merged: Document | None = None
        self._until = 0.0
        self._refreshing = asyncio.Lock()

    async def document(self) -> Document:
        """The present document."""
        async with self._refreshing:
            if self._merged is None or self._until < time.monotonic():
                fetched = await asyncio.gather(*(self._services.openapi(service) for service in Service))
                fresh = dict(zip(Service, fetched, strict=True))
                self._seen = {service: fresh[service] or self._seen[service] for service in Service}
                self._merged = merge(self._own, self._seen, ROUTES)
                complete = all(document is not None for document in fetched)
                self._until = time.monotonic() + (COMPLETE_SECONDS if complete else INCOMPLETE_SECONDS)
            return self._merged
