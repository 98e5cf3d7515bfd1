"""What words mean to the model that scores, as the sentiment service tells."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import httpx
import numpy as np
import structlog
from pulso_contracts.scoring import MAX_TEXTS_PER_REQUEST, Embeddings
from pulso_kit.http_client import service_client
from pydantic import ValidationError

from pulso_trends.domain.topics.grouping import Floats
from pulso_trends.settings import TrendsSettings

log = structlog.get_logger(__name__)

_SECONDS: Final = 30.0
"""For an answer: 256 phrases take some tens of milliseconds, a service that starts some seconds."""


class Vectors(NamedTuple):
    """One vector per text [texts, width], and the version of the model they come from."""

    model_version: str
    rows: Floats


class WordVectors:
    """Asks the sentiment service."""

    def __init__(self, settings: TrendsSettings) -> None:
        self._settings = settings

    async def of(self, texts: Sequence[str]) -> Vectors | None:
        """Return the vectors of `texts`, which must be some; None when they cannot be had now."""
        url = str(self._settings.sentiment_url)
        try:
            async with service_client(self._settings, base_url=url, timeout=_SECONDS) as client:
                answers = [await _ask(client, part) for part in _parts(texts)]
            [version] = {answer.model_version for answer in answers}  # another: it is being replaced just now
            rows = np.array([row for answer in answers for row in answer.embeddings], np.float64)
        except (httpx.HTTPError, ValidationError, ValueError) as error:
            log.info("vectors.unknown", reason=type(error).__name__)
            return None
        whole = rows.ndim == 2 and len(rows) == len(texts) and bool(np.isfinite(rows).all())
        return Vectors(version, rows) if whole else None


def _parts(texts: Sequence[str]) -> list[Sequence[str]]:
    starts = range(0, len(texts), MAX_TEXTS_PER_REQUEST)
    return [texts[start : start + MAX_TEXTS_PER_REQUEST] for start in starts]


async def _ask(client: httpx.AsyncClient, texts: Sequence[str]) -> Embeddings:
    answer = await client.post("/embeddings", json={"texts": texts})
    answer.raise_for_status()
    return Embeddings.model_validate_json(answer.content)
