"""Terms grouped by what they mean, drawn to what is known of them.

A term's vector is that of its name, less what all names share (Mu and Viswanath 2018). It is drawn to the
middle of the terms of its group of the taxonomy, as word vectors are retrofitted to a lexicon (Faruqui et al.
2015), and to the middle of the topic that it was in before, so that topics last (evolutionary clustering,
Chakrabarti et al. 2006). Then Ward's tree is cut into as many topics as the root of the terms' number.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FAMILY_PULL: Final = 1.0
"""At 0 a topic is what looks alike and lasts a week; beyond 1 the vectors hardly count (ADR 16)."""
FORMER_PULL: Final = 0.5
"""The least of 0, 0.25, 0.5 … at which nine tenths of the terms stay where they were when a tenth of them is
exchanged, even if vectors are drawn by lot."""


def group(
    vectors: Mapping[str, Floats], families: Mapping[str, str], former: Mapping[str, int]
) -> list[frozenset[str]]:
    """Return the terms in groups; the same for any order of the input.

    Args:
        vectors: Of the terms, all of one length.
        families: What is known to belong together, by a name for it; absent for a term of which nothing is.
        former: The topic that a term was in before.
    """
    # Needed once a week, and slow to load: half a second of the service's start.
    from scipy.cluster.hierarchy import fcluster, linkage

    terms = sorted(vectors)
    if len(terms) < 2:
        return [frozenset([term]) for term in terms]
    own = np.stack([vectors[term] for term in terms])
    own = _unit(own - own.mean(axis=0))
    pulled = own + FAMILY_PULL * _middles(own, [families.get(term) for term in terms])
    pulled += FORMER_PULL * _middles(own, [former.get(term) for term in terms])
    labels = fcluster(linkage(_unit(pulled), "ward"), round(len(terms) ** 0.5), "maxclust")
    found: dict[int, set[str]] = {}
    for term, label in zip(terms, labels.tolist(), strict=True):
        found.setdefault(label, set()).add(term)
    return sorted(map(frozenset, found.values()), key=min)


def _middles(vectors: Floats, labels: Sequence[Hashable | None]) -> Floats:
    """Return for each row the direction of its label's mean; zeros for one without it, or alone with it."""
    middles = np.zeros_like(vectors)
    rows: dict[Hashable, list[int]] = {}
    for row, label in enumerate(labels):
        if label is not None:
            rows.setdefault(label, []).append(row)
    for several in rows.values():
        if len(several) > 1:
            middles[several] = _unit(vectors[several].mean(axis=0, keepdims=True))
    return middles


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return scaled
