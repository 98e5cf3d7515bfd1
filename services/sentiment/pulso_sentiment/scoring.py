"""The use of the engine by both doors: whole scores, aspects included, for a list of texts; explanations."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pulso_contracts.scoring import Explanation, Score
from pulso_kit.tracing.spans import part

from pulso_sentiment.cache import AnswerCache
from pulso_sentiment.domain.explaining import Occlusion
from pulso_sentiment.domain.reading import Opinion, Reading, read, score
from pulso_sentiment.engine import CHARACTERS_PER_TOKEN, Engine, Lane, TextFailed

Found = TypeVar("Found")

_FEW = 8
"""So many texts are read in about a millisecond, less than the way to another thread and back may take."""


class Scorer:
    """Reads texts, has those of their pieces scored that no cache knows, and puts the answers together."""

    def __init__(self, engine: Engine, cache: AnswerCache) -> None:
        self._engine = engine
        self._cache = cache
        # One thread: two that read take Python's lock from each other, for half as much CPU again.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="read")

    @property
    def model_version(self) -> str:
        """The version told with each score."""
        return self._engine.model.card.version

    @property
    def batch_tokens(self) -> int:
        """Tokens that all devices compute at a time."""
        return self._engine.capacity.batch_tokens * self._engine.model.devices

    def ensure_room(self, characters: int) -> None:
        """Refuse a call of so many characters before it is read; errors as for `Engine.score`."""
        tokens = characters // CHARACTERS_PER_TOKEN
        self._engine.ensure_room(tokens, Lane.of_call(tokens))

    async def scores(self, texts: Sequence[str], lane: Lane | None = None) -> list[Score | TextFailed]:
        """Score texts, in order, in the lane of a call of their size if none is given.

        Errors as for `Engine.score`.
        """
        tokens = self._engine.estimate(texts)
        lane = lane or Lane.of_call(tokens)
        self._engine.ensure_room(tokens, lane)
        with part("score", attributes={"pulso.texts": len(texts)}):
            readings = await self._read(texts)
            outcomes = await self._outcomes([piece for reading in readings for piece in reading.pieces], lane)
        return [_put_together(reading, [outcomes[piece] for piece in reading.pieces]) for reading in readings]

    async def explanation(self, text: str, *, every_word: bool) -> Explanation | TextFailed:
        """Explain the answer on one text to somebody who waits for it, by `every_word` or by enough of them.

        Raises:
            TooManyWords: when it has more words than can be explained; else as for `Engine.score`.
        """
        occlusion = Occlusion(text)
        if not every_word:
            await self._weigh_enough(occlusion)
        outcomes = await self._outcomes(
            occlusion.pieces, Lane.of_call(self._engine.estimate(occlusion.pieces))
        )
        told = _all_read([outcomes[piece] for piece in occlusion.pieces])
        return told if isinstance(told, TextFailed) else occlusion.explanation(told, self.model_version)

    async def _weigh_enough(self, occlusion: Occlusion) -> None:
        """Have only the words weighed that usually weigh most; all, where the model cannot tell which."""
        model = self._engine.model
        if model.usual_weights is None or len(occlusion.words) <= occlusion.enough:
            return
        vectors = await self._in_thread(model.embed, occlusion.words)
        occlusion.weigh(model.usual_weights.heaviest(vectors, occlusion.enough))

    async def _read(self, texts: Sequence[str]) -> list[Reading]:
        if len(texts) <= _FEW:
            return _read_all(texts)
        return await self._in_thread(_read_all, texts)

    async def _in_thread(self, work: Callable[[Sequence[str]], Found], texts: Sequence[str]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._reading, work, texts)

    async def _outcomes(self, pieces: Sequence[str], lane: Lane) -> dict[str, Opinion | TextFailed]:
        distinct = list(dict.fromkeys(pieces))
        known = await self._cache.find(distinct)
        unknown = [piece for piece in distinct if piece not in known]
        found = dict(zip(unknown, await self._engine.score(unknown, lane), strict=True))
        await self._cache.keep(
            {piece: outcome for piece, outcome in found.items() if isinstance(outcome, Opinion)}
        )
        return known | found


def _read_all(texts: Sequence[str]) -> list[Reading]:
    return [read(text) for text in texts]


def _put_together(reading: Reading, outcomes: Sequence[Opinion | TextFailed]) -> Score | TextFailed:
    told = _all_read(outcomes)
    return told if isinstance(told, TextFailed) else score(reading, told)


def _all_read(outcomes: Sequence[Opinion | TextFailed]) -> list[Opinion] | TextFailed:
    opinions: list[Opinion] = []
    for outcome in outcomes:
        if isinstance(outcome, TextFailed):
            return outcome
        opinions.append(outcome)
    return opinions
