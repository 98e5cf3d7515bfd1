"""What every peer of the benchmark can do."""

from collections.abc import Sequence
from typing import Protocol


class Peer(Protocol):
    """Another way to classify texts on this machine."""

    name: str
    """The way and its settings, as a table shows them."""

    def seconds(self, texts: Sequence[str]) -> float:
        """Return the wall seconds that all texts took, from text to label."""
        ...

    def close(self) -> None:
        """Free memory, threads and processes; the peer is of no use afterwards."""
        ...
