"""What a drive has seen, in figures."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

Figures = dict[str, float | int | dict[str, int] | None]


@dataclass
class Outcome:
    """Counts are of items, times in seconds."""

    offered: int = 0
    accepted: int = 0
    not_accepted: Counter[str] = field(default_factory=Counter)
    """Items by what came instead: a status as text, `rejected`, or the name of a broken connection."""
    latencies: list[float] = field(default_factory=list)
    """Of each answered request, from the moment at which it was due: a client that falls behind, or a server
    that makes it wait for a free connection, counts as waiting."""
    freshness: list[float] = field(default_factory=list)
    """From an accepted answer until the item could be read in trends; one item a second is followed."""
    followed: int = 0
    sending_seconds: float = 0.0
    drain_seconds: float | None = None
    """From the last request until nothing waited any more; None when patience ended first."""

    @property
    def never_seen(self) -> int:
        """Followed items that could not be read before patience ended."""
        return self.followed - len(self.freshness)

    @property
    def clean(self) -> bool:
        """Whether all that was offered was accepted, and all that was followed was seen."""
        return self.accepted == self.offered and not self.never_seen and self.drain_seconds is not None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share does not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def summary(outcome: Outcome) -> Figures:
    """The figures by name, units at the end."""
    figures: Figures = {
        "offered_items": outcome.offered,
        "accepted_items": outcome.accepted,
        "not_accepted_items": dict(sorted(outcome.not_accepted.items())),
        "offered_items_per_second": _rounded(outcome.offered / outcome.sending_seconds),
        "indexed_items_per_second": None,
    }
    if outcome.drain_seconds is not None:
        whole = outcome.sending_seconds + outcome.drain_seconds
        figures["indexed_items_per_second"] = _rounded(outcome.accepted / whole)
    for name, seconds in (("request", outcome.latencies), ("freshness", outcome.freshness)):
        for share in (0.5, 0.95, 0.99):
            figures[f"{name}_p{share * 100:g}_seconds"] = _rounded(quantile(seconds, share))
        figures[f"{name}_max_seconds"] = _rounded(max(seconds, default=None))
    figures["followed_items"] = outcome.followed
    figures["never_seen_items"] = outcome.never_seen
    figures["drain_seconds"] = _rounded(outcome.drain_seconds)
    return figures


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
