"""Shares of sentiments corrected for what the classifier confuses.

Of n answers a share q is of each class. When R [truth, answer] tells how the model answers texts of each
true class,
q = Rᵀ p, so p = (Rᵀ)⁻¹ q is the share that is true (Gart and Buck 1966; "adjusted count" in quantification).
The interval adds the chance of the sample to the doubt about R, which was measured on held-out texts (delta
method).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PRIOR: Final = 0.5
"""Counts that every cell is given (Jeffreys): nothing that was not seen is impossible."""
_WIDTH: Final = 1.96
"""Standard deviations of a 95 % interval."""
ALL_CHANNELS: Final = "all"


@dataclass(frozen=True, slots=True)
class Shares:
    """Corrected shares [point, class], and their 95 % intervals."""

    share: Floats
    low: Floats
    high: Floats


class Correction:
    """Corrects counts of a model for which held-out confusions are known."""

    def __init__(self, model_version: str, confusion: Mapping[str, Sequence[Sequence[int]]]) -> None:
        """Takes in the counts [truth][answer] by channel, and for "all".

        Raises:
            ValueError: There is none for "all", or one is not a table of three by three.
        """
        self.model_version = model_version
        self._counts = {channel: np.array(table, float) + _PRIOR for channel, table in confusion.items()}
        if ALL_CHANNELS not in self._counts or any(each.shape != (3, 3) for each in self._counts.values()):
            raise ValueError("a confusion is a table of three by three, and one is for all channels")

    def corrected(self, counts: Floats, channels: Mapping[str, float]) -> Shares:
        """Return the true shares behind `counts`; NaN where nothing was counted.

        Args:
            counts: Of negative, neutral, positive [point, 3].
            channels: Parts of the channels among what was counted; they need not sum to 1.
        """
        rates, doubt = self._mixed(channels)
        total = counts.sum(axis=1, keepdims=True)
        seen = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)
        back = np.linalg.inv(rates.T)
        shares = _on_simplex(seen @ back.T)
        smooth = (counts + _PRIOR) / (total + 3 * _PRIOR)
        sampling = _multinomial(smooth) / np.maximum(total, 1)[:, :, None]
        measured = np.einsum("pi,ijk->pjk", shares**2, doubt)
        variance = ((back @ (sampling + measured)) * back).sum(axis=-1)
        reach = _WIDTH * np.sqrt(np.maximum(variance, 0))
        return Shares(shares, np.clip(shares - reach, 0, 1), np.clip(shares + reach, 0, 1))

    def _mixed(self, channels: Mapping[str, float]) -> tuple[Floats, Floats]:
        """Return R of a mix of channels, and the covariance of each of its rows [truth, answer, answer]."""
        parts = {name: part for name, part in channels.items() if part > 0} or {ALL_CHANNELS: 1.0}
        rates, doubt = np.zeros((3, 3)), np.zeros((3, 3, 3))
        for channel, part in parts.items():
            counts = self._counts.get(channel)
            if counts is None or counts.sum(axis=1).min() < _LEAST_TEXTS:
                counts = self._counts[ALL_CHANNELS]
            weight = part / sum(parts.values())
            rows = counts.sum(axis=1, keepdims=True)
            own = counts / rows
            rates += weight * own
            doubt += weight**2 * _multinomial(own) / (rows + 1)[:, :, None]
        return rates, doubt


_LEAST_TEXTS: Final = 50
"""Held-out texts of each class below which a channel's own confusion is too doubtful to be used."""


def _multinomial(shares: Floats) -> Floats:
    """Return the covariance of one draw from each row of `shares` [row, class, class]."""
    diagonal: Floats = shares[:, :, None] * np.eye(shares.shape[1])
    return diagonal - shares[:, :, None] * shares[:, None, :]


def _on_simplex(shares: Floats) -> Floats:
    """Return the nearest shares that are none below 0 and sum to 1 (Held, Wolfe and Crowder 1974)."""
    ranked = -np.sort(-shares, axis=1)
    excess = (np.cumsum(ranked, axis=1) - 1) / np.arange(1, shares.shape[1] + 1)
    kept = np.maximum((ranked > excess).sum(axis=1), 1)
    nearest: Floats = np.maximum(shares - excess[np.arange(len(shares)), kept - 1][:, None], 0)
    return nearest
