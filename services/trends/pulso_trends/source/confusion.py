"""How the model that scores confuses sentiments, as the sentiment service tells."""

import asyncio
from typing import Final

import httpx
import structlog
from pulso_kit.http_client import service_client

from pulso_trends.domain.shares import Correction
from pulso_trends.settings import TrendsSettings
from pulso_trends.waiting import first_of

log = structlog.get_logger(__name__)

ASK_SECONDS: Final = 300.0
RETRY_SECONDS: Final = 10.0


class ModelConfusion:
    """Keeps the correction of the model that scores now; without it shares are told as they were counted."""

    def __init__(self, settings: TrendsSettings) -> None:
        self._settings = settings
        self.correction: Correction | None = None

    async def run(self, draining: asyncio.Event) -> None:
        """Ask now and then until `draining` is set."""
        async with service_client(self._settings, base_url=str(self._settings.sentiment_url)) as client:
            while not draining.is_set():
                known = await self._ask(client)
                await first_of(draining, seconds=ASK_SECONDS if known else RETRY_SECONDS)

    async def _ask(self, client: httpx.AsyncClient) -> bool:
        try:
            answer = await client.get("/sentiment/model")
            answer.raise_for_status()
            card = answer.json()
            if card["confusion"]:
                self.correction = Correction(card["version"], card["confusion"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.info("confusion.unknown", reason=type(error).__name__)
            return False
        return True
