"""Whether the int8 file may be served: it must answer as the fp32 network does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pulso_training.evaluate import Answers, report
from pulso_training.evaluate.answers import Floats

AGREEMENT = 0.98
"""The least share of labels that int8 must share with fp32."""
LOSS = 0.005
"""The most macro-F1 that int8 may lose, as the mean over the sources."""


@dataclass(frozen=True)
class Choice:
    """The precision to serve and the figures that decided it, from the development part."""

    precision: str
    agreement: float
    loss: float

    @property
    def why(self) -> str:
        """The reason in one sentence for the card."""
        kept = "is served" if self.precision == "int8" else "is not served"
        return (
            f"Static int8 {kept}: it gives the label of fp32 on {self.agreement:.1%} of development texts "
            f"(at least {AGREEMENT:.0%} is asked) and changes the mean macro-F1 by {-self.loss * 100:+.2f} "
            f"points (at most {LOSS * 100:.1f} may be lost)."
        )


def choose(exact: Answers, int8: Answers) -> Choice:
    """Compare what fp32 and int8 answer to the same rows."""
    same = agreement(exact.sentiment, int8.sentiment)
    loss = _mean_f1(exact) - _mean_f1(int8)
    good = same >= AGREEMENT and loss <= LOSS
    return Choice("int8" if good else "bf16", round(same, 4), round(loss, 4))


def agreement(one: Floats, other: Floats) -> float:
    """Return the share of texts to which two lists of logits [n, classes] give the same label."""
    return float(np.mean(one.argmax(axis=1) == other.argmax(axis=1)))


def _mean_f1(answers: Answers) -> float:
    sheet = report(answers).sentiment
    if sheet is None:
        return 0.0
    scores: Sequence[float] = [found.macro_f1 for found in sheet.groups["source"].values()]
    return float(np.mean(scores))
