"""The bare runtime: the served network on texts that were tokenised and sorted before, and nothing else."""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from pulso_sentiment.domain.reading import read
from pulso_sentiment.model import Model, Tokens, load_model
from pulso_sentiment.model.offline import batches
from pulso_sentiment.settings import DEFAULT_MODEL

BUDGETS: Final = (512, 1024, 2048)


class BareLoop:
    """As many threads as the model has devices, each taking the next of the batches that suit the model best.

    It reads just what the service reads for these texts: each text and those of its clauses that speak of an
    aspect, every distinct piece once.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._model = model = load_model(DEFAULT_MODEL)
        self.texts = len(texts)
        pieces = dict.fromkeys(piece for text in texts for piece in read(text).pieces)
        self.windows = [window for found in model.tokenise(list(pieces)) for window in found.windows]
        self.operations = sum(model.operations(len(window.ids)) for window in self.windows)
        plans = [_batches(self.windows, budget) for budget in BUDGETS]
        for plan in plans:
            self._run(plan)
        self._plan = min(plans, key=lambda plan: statistics.median(self._run(plan) for _ in range(3)))

    @property
    def model(self) -> Model:
        """The model that it reads with."""
        return self._model

    def seconds(self) -> float:
        """Reads everything once."""
        return self._run(self._plan)

    def _run(self, plan: Sequence[list[Tokens]]) -> float:
        started = time.perf_counter()
        with ThreadPoolExecutor(self._model.devices) as devices:
            for _ in devices.map(self._model.forward, plan):
                pass
        return time.perf_counter() - started


def _batches(windows: Sequence[Tokens], budget: int) -> list[list[Tokens]]:
    """Full batches of one grid length, the largest first, so that the devices end together."""
    ordered = sorted(windows, key=lambda window: len(window.ids))
    return sorted(batches(ordered, budget), key=lambda batch: -len(batch) * len(batch[0].ids))
