"""Which words usually weigh is learnt from texts, and written for serving."""

import random
import resource

import numpy as np
import pytest
from pulso_contracts.scoring import Explanation
from pulso_sentiment.model.dummy import DummyModel
from pulso_sentiment.model.usual_weights import UsualWeights, read_usual_weights
from pulso_training.storage import StorageError
from pulso_training.usual_weights import TEXTS, fit_usual_weights, openings, save_usual_weights

FILLERS = ("la", "de", "casa", "mesa", "vaso", "tarde", "calle", "hoy")
HEAVY = ("estafa", "delicioso")


def explained(words: list[str], draw: random.Random) -> Explanation:
    """Heavy words weigh, to either side, the others next to nothing."""
    weights = {"estafa": -3.0, "delicioso": 2.0}
    told = [
        {"word": word, "start": 0, "end": 0, "weight": weights.get(word, draw.uniform(-0.1, 0.1))}
        for word in words
    ]
    probabilities = {"negative": 0.2, "neutral": 0.2, "positive": 0.6}
    return Explanation.model_validate(
        {
            "model_version": "m-1",
            "sentiment": "positive",
            "probabilities": probabilities,
            "words": told,
            "base": 1,
        }
    )


def drawn(draw: random.Random) -> list[str]:
    words = [draw.choice(FILLERS) for _ in range(draw.randint(6, 20))]
    words[draw.randrange(len(words))] = draw.choice(HEAVY)
    return words


def test_words_that_weighed_are_expected_to_weigh_again():
    draw, model = random.Random(1), DummyModel()
    usual = fit_usual_weights(model, [explained(drawn(draw), draw) for _ in range(300)])
    for _ in range(50):
        words = drawn(draw)
        (heaviest,) = usual.heaviest(model.embed(words), 1)
        assert words[heaviest] in HEAVY


def test_long_texts_are_cut_and_short_ones_left_out():
    text = " ".join(f"palabra{n}" for n in range(50))
    assert openings(["rico", text, "ya " * 5]) == [" ".join(text.split()[:40])]
    many = [f"{n} muy rico todo en la casa" for n in range(2_000)]
    chosen = openings(many)
    assert len(chosen) == TEXTS
    assert set(chosen) < set(many)
    assert chosen == openings(many)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    save_usual_weights(UsualWeights(np.ones(3, np.float32)), tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, hard))
    try:
        with pytest.raises(StorageError):
            save_usual_weights(UsualWeights(np.zeros(3_000, np.float32)), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == ["usual_weights.npz"]
    found = read_usual_weights(tmp_path)
    assert found is not None
    assert found.direction.tolist() == [1, 1, 1]
