"""The space of tastes: people near each other talk about the same things.

Counts of days are weighted by how few people speak of a concept (tf-idf), so what everybody talks about
tells nobody apart, and reduced by a truncated singular value decomposition (latent semantic analysis,
Deerwester et al. 1990), which brings those together who never named the same dish but dishes of the same
people. Length is taken away: how much somebody writes is no taste.
"""

from typing import Final

import numpy as np

from pulso_trends.domain.segments.people import Floats, Table

DIMENSIONS: Final = 20
LEAST_SPEAKERS: Final = 10
"""People who must speak of a concept before it tells anybody apart."""


class Space:
    """Learnt from some people, a place for everybody."""

    def __init__(self, counts: Table) -> None:
        """Learn it.

        Args:
            counts: Days on which a person spoke of a concept [person, concept].
        """
        from scipy.linalg import eigh

        people, concepts = counts.shape
        speakers = np.bincount(counts.indices, minlength=concepts)
        rare = np.log(people / np.maximum(speakers, 1))
        self.weights: Floats = np.where(speakers >= LEAST_SPEAKERS, rare, 0.0)
        used = np.flatnonzero(self.weights)
        self.basis: Floats = np.zeros((concepts, 0))
        dimensions = min(DIMENSIONS, len(used))
        if dimensions > 0:
            known = self.weighted(counts).tocsc()[:, used]
            # The right singular vectors, from a matrix of concepts: always found, and the same each time.
            _, directions = eigh(
                (known.T @ known).toarray(), subset_by_index=[len(used) - dimensions, len(used) - 1]
            )
            self.basis = np.zeros((concepts, dimensions))
            self.basis[used] = self.weights[used, None] * directions

    def weighted(self, counts: Table) -> Table:
        """Return tf-idf in the space of concepts, each row of length 1, or 0 for who says nothing."""
        from scipy.sparse import diags_array

        weighted = counts @ diags_array(self.weights)
        lengths = np.sqrt((weighted**2).sum(axis=1))
        return diags_array(1 / np.where(lengths > 0, lengths, 1)) @ weighted

    def coordinates(self, counts: Table) -> Floats:
        """Return places before length is taken away: those of sums are sums of those of the parts."""
        found: Floats = counts @ self.basis
        return found


def unit(rows: Floats) -> Floats:
    """Return rows of length 1; those of no length stay 0."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    shortened: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > _NOTHING)
    return shortened


_NOTHING: Final = 1e-9
