"""Opinions as bytes: about a hundred of them, read strictly, since others may write where they are kept."""

import math
from typing import Annotated, Final

from pulso_contracts.scoring import Emotion, EmotionScore, Flag
from pydantic import Field, TypeAdapter

from pulso_sentiment.domain.reading import Opinion

FORMAT: Final = 1
"""The first of the values. Another order or meaning of them needs another number, which is then not read."""

_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_VALUES: Final = TypeAdapter(
    tuple[
        Annotated[int, Field(ge=FORMAT, le=FORMAT)],
        tuple[_Share, _Share, _Share],
        tuple[Emotion, _Share] | None,
        tuple[Flag, ...],
        _Share,
    ]
)


def encoded(opinion: Opinion) -> bytes:
    """Return the bytes from which `decoded` makes an equal opinion."""
    score = opinion.emotion
    emotion = None if score is None else (score.emotion, score.probability)
    return _VALUES.dump_json((FORMAT, opinion.probabilities, emotion, opinion.flags, opinion.unknown_share))


def decoded(data: bytes) -> Opinion:
    """Return the opinion that was encoded as `data`.

    Raises:
        ValueError: it is no opinion, or one in another format.
    """
    _, probabilities, emotion, flags, unknown_share = _VALUES.validate_json(data, strict=True)
    if not math.isclose(sum(probabilities), 1, abs_tol=1e-3):
        raise ValueError("the probabilities of an opinion sum to 1")
    score = None if emotion is None else EmotionScore(emotion=emotion[0], probability=emotion[1])
    return Opinion(probabilities, score, flags, unknown_share)
