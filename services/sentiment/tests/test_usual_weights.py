from pathlib import Path

import numpy as np
import pytest
from pulso_sentiment.model.usual_weights import UsualWeights, read_usual_weights, with_neighbours

VECTORS = np.array([[1, 0], [0, 1], [2, 2]], np.float32)


def test_a_word_is_seen_with_the_words_beside_it():
    assert with_neighbours(VECTORS).tolist() == [
        [0, 0, 1, 0, 0, 1],
        [1, 0, 0, 1, 2, 2],
        [0, 1, 2, 2, 0, 0],
    ]


@pytest.mark.parametrize(
    ("direction", "count", "found"),
    [
        ([0, 0, 1, 0, 0, 0], 1, [2]),
        ([0, 0, 1, 0, 0, 0], 2, [0, 2]),
        ([0, 0, 0, 0, 1, 0], 1, [1]),
        ([0, 0, 0, 0, 0, 0], 2, [0, 1]),
        ([0, 0, -1, 0, 0, 0], 9, [0, 1, 2]),
    ],
)
def test_the_heaviest_are_told_in_the_order_of_the_text(direction, count, found):
    assert UsualWeights(np.array(direction, np.float32)).heaviest(VECTORS, count) == found


def test_they_are_read_from_their_file(tmp_path: Path):
    assert read_usual_weights(tmp_path) is None
    np.savez(tmp_path / "usual_weights.npz", direction=np.arange(6.0))
    found = read_usual_weights(tmp_path)
    assert found is not None
    assert found.direction.tolist() == [0, 1, 2, 3, 4, 5]
