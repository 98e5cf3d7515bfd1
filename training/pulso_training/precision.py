"""Whether the int8 file may be served: it must answer as the fp32 network does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulso_training.corpus import Row
from pulso_training.evaluate import judge

AGREEMENT = 0.97
"""The least share of labels that int8 must share with fp32."""
LOSS = 0.005
"""The most macro-F1 that int8 may lose, as the mean over the files."""


@dataclass(frozen=True)
class Choice:
    """The precision to serve and the figures that decided it."""

    precision: str
    agreement: float
    loss: float

    @property
    def why(self) -> str:
        """The reason in one sentence for the card."""
        kept = "is served" if self.precision == "int8" else "is not served"
        return (
            f"Static int8 {kept}: it gives the label of fp32 on {self.agreement:.1%} of the held-out texts "
            f"(at least {AGREEMENT:.0%} is asked) and changes the mean macro-F1 by {-self.loss * 100:+.2f} "
            f"points (at most {LOSS * 100:.1f} may be lost)."
        )


def choose(
    parts: Mapping[str, Sequence[Row]], exact: Mapping[str, list[str]], int8: Mapping[str, list[str]]
) -> Choice:
    """Compare the labels that fp32 and int8 give to the same parts."""
    pairs = [pair for name in parts for pair in zip(exact[name], int8[name], strict=True)]
    agreement = sum(a == b for a, b in pairs) / len(pairs)
    losses = [
        judge([row.label for row in rows], exact[name]).macro_f1
        - judge([row.label for row in rows], int8[name]).macro_f1
        for name, rows in parts.items()
    ]
    loss = sum(losses) / len(losses)
    good = agreement >= AGREEMENT and loss <= LOSS
    return Choice("int8" if good else "bf16", round(agreement, 4), round(loss, 4))
