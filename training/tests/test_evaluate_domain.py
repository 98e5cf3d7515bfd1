import numpy as np
import pytest
from pulso_sentiment.model.known_texts import read_known_texts
from pulso_training.domain import fit_domain, save_domain

SQUARE = np.array([[3.0, 1.0], [-1.0, 1.0], [1.0, 3.0], [1.0, -1.0]])
"""About (1, 1), with variance 2 in each direction."""


def test_distances_by_hand():
    domain = fit_domain(SQUARE, SQUARE)
    assert domain.mean == pytest.approx([1.0, 1.0])
    found = domain.distance(np.array([[1.0, 1.0], [3.0, 1.0], [5.0, 1.0], [3.0, 3.0]]))
    assert found == pytest.approx([0.0, 1.0, 4.0, 2.0])


def test_the_limit_lets_99_of_100_development_texts_through():
    draw = np.random.default_rng(1)
    spread = np.array([5.0, 1.0, 1.0, 0.1])
    training, development = draw.normal(size=(4000, 4)) * spread, draw.normal(size=(1000, 4)) * spread
    domain = fit_domain(training, development)
    assert (domain.distance(development) > domain.limit).sum() == 10
    assert domain.distance(training).mean() == pytest.approx(1.0, abs=0.1)
    assert domain.distance(np.array([[0.0, 0.0, 0.0, 1.0]]))[0] > domain.limit
    assert domain.distance(np.array([[1.0, 0.0, 0.0, 0.0]]))[0] < domain.limit


def test_a_saved_domain_measures_the_same(tmp_path):
    draw = np.random.default_rng(2)
    embeddings = draw.normal(size=(500, 8))
    domain = fit_domain(embeddings, embeddings)
    save_domain(domain, tmp_path)
    again = read_known_texts(tmp_path)
    assert again is not None
    assert again.limit == pytest.approx(domain.limit)
    assert again.distance(embeddings) == pytest.approx(domain.distance(embeddings), rel=1e-4)
    with np.load(tmp_path / "domain.npz") as arrays:
        assert {name: arrays[name].shape for name in arrays} == {
            "mean": (8,),
            "whitening": (8, 8),
            "limit": (),
        }
