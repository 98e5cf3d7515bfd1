"""From evidence to verdicts, corrected for how many products were asked about."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from pulso_contracts.leading import TalkDirection, TalkLink, TalkMeasure, TalkVerdict

from pulso_trends.domain.emerging.discoveries import q_values
from pulso_trends.domain.leading.forecasts import Floats
from pulso_trends.domain.leading.link import Evidence, evidence

_MEASURES: Final = (TalkMeasure.COUNT, TalkMeasure.SCORE)
"""In the order of `since_heard`."""


def verdicts(products: Sequence[tuple[str, tuple[Floats, Floats]]]) -> list[TalkVerdict]:
    """Test each product; the p-values are corrected by Benjamini and Hochberg (1995) for those tested.

    Args:
        products: Their names, targets and measures of talk, as `since_heard` gives them.
    """
    found = [evidence(*tested) for _, tested in products]
    tested = [each for each in found if each is not None]
    corrected = iter(q_values(np.array([each.chance for each in tested])))
    return [
        _verdict(product, each, None if each is None else float(next(corrected)))
        for (product, _), each in zip(products, found, strict=True)
    ]


def _verdict(product: str, found: Evidence | None, q_value: float | None) -> TalkVerdict:
    if found is None or q_value is None:
        return TalkVerdict(product=product, link=TalkLink.NOT_ENOUGH_DATA)
    tested = TalkVerdict(
        product=product,
        link=TalkLink.NO_LINK,
        gain=round(found.gain, 6),
        p_value=round(found.chance, 6),
        q_value=round(q_value, 6),
        weeks_used=found.weeks,
        weeks_held_out=found.held_out,
    )
    if not found.is_link(q_value):
        return tested
    return tested.model_copy(
        update={
            "link": TalkLink.TALK_LEADS if found.lag else TalkLink.TOGETHER,
            "weeks": found.lag,
            "measure": _MEASURES[found.measure],
            "direction": TalkDirection.MORE if found.slope > 0 else TalkDirection.LESS,
        }
    )
