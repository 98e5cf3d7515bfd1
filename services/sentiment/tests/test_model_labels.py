import numpy as np
import pytest
from pulso_sentiment.model import ModelError
from pulso_sentiment.model.labels import label_matrix


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["NEG", "NEU", "POS"], [0, 1, 2]),
        (["POS", "NEG", "NEU"], [2, 0, 1]),
        (["LABEL_0", "LABEL_1", "LABEL_2"], [0, 1, 2]),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [0, 0, 1, 2, 2]),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"], [0, 0, 1, 2, 2]),
        (["negativo", "positivo"], [0, 2]),
    ],
)
def test_maps(names, classes):
    matrix = label_matrix(dict(enumerate(names)))
    assert matrix.argmax(axis=1).tolist() == classes
    assert np.all(matrix.sum(axis=1) == 1)


@pytest.mark.parametrize(
    "names",
    [
        ["joy", "anger", "fear"],
        ["LABEL_0", "LABEL_1"],
        ["neutral", "positive"],
        ["LABEL_0", "LABEL_1", "LABEL_9"],
    ],
)
def test_refuses_what_it_cannot_read(names):
    with pytest.raises(ModelError):
        label_matrix(dict(enumerate(names)))
