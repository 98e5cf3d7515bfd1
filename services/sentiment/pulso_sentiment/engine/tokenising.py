"""The first stage: cleaning and tokenising, in a thread of its own."""

import time
from collections.abc import Callable
from queue import SimpleQueue

import structlog

from pulso_sentiment import metrics
from pulso_sentiment.engine.request import Request, TextFailed
from pulso_sentiment.model.base import Model, Tokenised

log = structlog.get_logger(__name__)

Found = list[Tokenised | TextFailed]


class Tokenising:
    """Tokenises requests in the order of their arrival, and hands each on with what was found."""

    def __init__(self, model: Model, hand_on: Callable[[Request, Found], None]) -> None:
        self._model = model
        self._hand_on = hand_on
        self._requests: SimpleQueue[Request | None] = SimpleQueue()

    def put(self, request: Request) -> None:
        """Let a request wait for its turn."""
        self._requests.put(request)

    def run(self) -> None:
        """Work until `close`; what a stage does."""
        while (request := self._requests.get()) is not None:
            if request.done:
                continue
            started = time.monotonic()
            found = self._tokenised(request.texts)
            metrics.TOKENISE_SECONDS.observe(time.monotonic() - started)
            self._hand_on(request, found)

    def close(self) -> None:
        """End after what it holds."""
        self._requests.put(None)

    def _tokenised(self, texts: list[str]) -> Found:
        """Return the tokens of each text, or a `TextFailed` for one on which the tokeniser raises alone."""
        try:
            return [*self._model.tokenise(texts)]
        except Exception as error:  # noqa: BLE001 - whatever one text does to the tokeniser, the others go on
            if len(texts) > 1:
                return [one for text in texts for one in self._tokenised([text])]
            metrics.FAILED_TEXTS.labels("tokenise").inc()
            log.warning("text.failed", stage="tokenise", error=type(error).__name__)
            return [TextFailed(type(error).__name__)]
