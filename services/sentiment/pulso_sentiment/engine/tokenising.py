"""The first stage: cleaning and tokenising, in a thread of its own."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from pulso_sentiment import metrics
from pulso_sentiment.engine.request import TextFailed
from pulso_sentiment.model.base import Model, Tokenised

log = structlog.get_logger(__name__)


class Tokenising:
    """Runs a model's `tokenise` beside the event loop."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tokenise")

    async def tokenise(self, texts: Sequence[str]) -> list[Tokenised | TextFailed]:
        """Return the tokens of each text, or a `TextFailed` for one on which the tokeniser raises alone."""
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            found: list[Tokenised | TextFailed] = [
                *await loop.run_in_executor(self._thread, self._model.tokenise, list(texts))
            ]
        except Exception as error:  # noqa: BLE001 - whatever one text does to the tokeniser, the others go on
            if len(texts) == 1:
                metrics.FAILED_TEXTS.labels("tokenise").inc()
                log.warning("text.failed", stage="tokenise", error=type(error).__name__)
                return [TextFailed(type(error).__name__)]
            found = [(await self.tokenise([text]))[0] for text in texts]
        metrics.TOKENISE_SECONDS.observe(time.monotonic() - started)
        return found

    def close(self) -> None:
        """End the thread after what it holds."""
        self._thread.shutdown(wait=False, cancel_futures=True)
