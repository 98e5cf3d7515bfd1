"""Counts of many concepts, of which each is heard in few places on few days."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pulso_trends.domain.emerging.expectation import Integers


class Heard(Mapping[str, Integers]):
    """The counts of each concept; the table of one is made when it is asked for, and not kept.

    All tables at once would take hundreds of megabytes, of which a hundredth is not 0.
    """

    def __init__(self, concepts: Sequence[str], cells: Integers, shape: tuple[int, ...]) -> None:
        """Takes the counts in.

        Args:
            concepts: Their ids.
            cells: The number of a concept, the place in its flattened table, and the count there [cell, 3].
            shape: Of a table.
        """
        numbers, self._places, self._counts = cells[np.argsort(cells[:, 0], kind="stable")].T
        ends = np.cumsum(np.bincount(numbers, minlength=len(concepts))).tolist()
        starts = [0, *ends[:-1]]
        self._own = {name: slice(*own) for name, *own in zip(concepts, starts, ends, strict=True)}
        self._shape = shape

    def __getitem__(self, concept: str) -> Integers:
        """Return the table of a concept."""
        own = self._own[concept]
        size = int(np.prod(self._shape))
        flat = np.bincount(self._places[own], self._counts[own], minlength=size)
        table: Integers = flat.astype(np.int64).reshape(self._shape)
        return table

    def take(self, concept: str) -> Integers:
        """Return the table of a concept, which is not among them any more."""
        table = self[concept]
        del self._own[concept]
        return table

    def __iter__(self) -> Iterator[str]:
        """Iterate over the concepts."""
        return iter(self._own)

    def __len__(self) -> int:
        """Return the number of concepts."""
        return len(self._own)
