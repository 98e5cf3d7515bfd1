"""Who waits for the device, and whose turn it is."""

from collections.abc import Collection
from enum import StrEnum

FEW_TOKENS = 1_024
"""Up to so many tokens, some twenty remarks, a call is interactive: few batches, so nobody waits long."""


class Lane(StrEnum):
    """Who waits: somebody with a few texts, a program with many, or the stream."""

    INTERACTIVE = "interactive"
    BULK = "bulk"
    STREAM = "stream"

    @classmethod
    def of_call(cls, tokens: int) -> "Lane":
        """Return the lane of an HTTP call of so many tokens, as estimated before any work."""
        return cls.INTERACTIVE if tokens <= FEW_TOKENS else cls.BULK

    @property
    def share(self) -> int:
        """Parts of the device's work that are the lane's while all lanes wait."""
        return _SHARES[self]


_SHARES = {Lane.INTERACTIVE: 4, Lane.BULK: 2, Lane.STREAM: 1}


class Turns:
    """Stride scheduling (Waldspurger and Weihl 1995, MIT/LCS/TM-528): work by shares, and none starves.

    A lane that comes back after a pause is level with the others, not ahead by what it did not use. Among
    equals the more urgent one goes first: a text after a pause waits only for what is on the devices.
    """

    def __init__(self) -> None:
        self._done = dict.fromkeys(Lane, 0.0)

    def woke(self, lane: Lane, others: Collection[Lane]) -> None:
        """Tell that texts wait in `lane` again; `others` are the lanes in which texts wait already."""
        if others:
            self._done[lane] = max(self._done[lane], min(self._done[other] for other in others))
        else:
            self._done = dict.fromkeys(Lane, 0.0)

    def next(self, waiting: Collection[Lane]) -> Lane:
        """Return the lane of `waiting`, which is not empty, whose turn it is."""
        return min((lane for lane in Lane if lane in waiting), key=self._done.__getitem__)

    def spent(self, lane: Lane, tokens: int) -> None:
        """Tell that a batch of so many tokens was taken from the lane."""
        self._done[lane] += tokens / lane.share
