from math import log

import numpy as np
import pytest
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.model.card import TemperatureScale

LOGITS = np.array([[0.0, 0.0, log(4.0)]], np.float32)


def top(tokens, **scale):
    return float(calibrated(LOGITS, [tokens], TemperatureScale(**scale))[0].max())


def test_no_scale_leaves_the_softmax():
    assert top(7) == pytest.approx(4 / 6)


def test_a_temperature_of_two_takes_the_root_of_the_odds():
    assert top(32, intercept=log(2.0)) == pytest.approx(2 / 4)
    assert top(64, slope=1.0) == pytest.approx(2 / 4)
    assert top(16, slope=-1.0) == pytest.approx(2 / 4)


def test_shorter_texts_are_believed_less_with_a_negative_slope():
    assert top(4, slope=-0.5) < top(32, slope=-0.5) < top(256, slope=-0.5)


def test_the_temperature_may_follow_how_far_the_first_class_is_ahead():
    assert top(32, margin=0.5) == pytest.approx(2 / 4)  # ln 4 ahead, so a temperature of 2
    assert top(32, margin=-0.5) == pytest.approx(16 / 18)


def test_the_label_and_the_sum_stay():
    logits = np.random.default_rng(3).normal(0, 4, (50, 7)).astype(np.float32)
    probabilities = calibrated(
        logits, [3 + n for n in range(50)], TemperatureScale(intercept=0.9, slope=-0.4)
    )
    assert (probabilities.argmax(axis=1) == logits.argmax(axis=1)).all()
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)
