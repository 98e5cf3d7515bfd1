"""Whether a file of less precision may be served: it must answer as the fp32 network does."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pulso_training.errors import InputError
from pulso_training.evaluate import Answers, report

AGREEMENT = 0.98
"""The least share of labels that a served file must share with fp32."""
LOSS = 0.005
"""The most macro-F1 that it may lose, as the mean over the sources."""


class Precision(StrEnum):
    """What a served file holds, and is executed in where the CPU can (docs/adr/0007)."""

    BF16 = "bf16"
    FP32 = "fp32"


class PrecisionError(InputError):
    """A precision that changes answers too much."""


@dataclass(frozen=True)
class Fidelity:
    """How a served file compares with fp32 on the same texts; `loss` is in macro-F1 and may be negative."""

    agreement: float
    loss: float

    def check(self, precision: Precision) -> None:
        """Refuse a file that is too far from fp32.

        Raises:
            PrecisionError: below `AGREEMENT`, or above `LOSS`.
        """
        if self.agreement < AGREEMENT or self.loss > LOSS:
            raise PrecisionError(
                f"{precision} gives the label of fp32 on {self.agreement:.1%} of development texts and loses "
                f"{self.loss * 100:.2f} points of macro-F1: choose another precision"
            )


def compare(exact: Answers, served: Answers) -> Fidelity:
    """Compare what two files answer to the same rows."""
    same = np.mean(exact.sentiment.argmax(axis=1) == served.sentiment.argmax(axis=1))
    return Fidelity(round(float(same), 4), round(_mean_f1(exact) - _mean_f1(served), 4))


def _mean_f1(answers: Answers) -> float:
    sheet = report(answers).sentiment
    scores = [found.macro_f1 for found in sheet.groups["source"].values()] if sheet else [0.0]
    return float(np.mean(scores))
