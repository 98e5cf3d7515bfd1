"""The use of the engine by both doors: whole scores, aspects included, for a list of texts."""

import asyncio
from collections.abc import Sequence

from pulso_contracts.scoring import Score

from pulso_sentiment.domain.reading import Opinion, Reading, read, score
from pulso_sentiment.engine import Engine, Lane, TextFailed


class Scorer:
    """Reads texts, has their pieces scored by the engine, and puts the answers together."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def model_version(self) -> str:
        """The version told with each score."""
        return self._engine.model.card.version

    async def scores(self, texts: Sequence[str], lane: Lane) -> list[Score | TextFailed]:
        """Score texts, in order; errors as for `Engine.score`."""
        self._engine.ensure_room(texts, lane)
        readings = await asyncio.to_thread(_read_all, texts)
        pieces = list(dict.fromkeys(piece for reading in readings for piece in reading.pieces))
        outcomes = dict(zip(pieces, await self._engine.score(pieces, lane), strict=True))
        return [_put_together(reading, [outcomes[piece] for piece in reading.pieces]) for reading in readings]


def _read_all(texts: Sequence[str]) -> list[Reading]:
    return [read(text) for text in texts]


def _put_together(reading: Reading, outcomes: Sequence[Opinion | TextFailed]) -> Score | TextFailed:
    opinions: list[Opinion] = []
    for outcome in outcomes:
        if isinstance(outcome, TextFailed):
            return outcome
        opinions.append(outcome)
    return score(reading, opinions)
