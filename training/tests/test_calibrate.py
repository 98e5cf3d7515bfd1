import numpy as np
import pytest
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.model.card import TemperatureScale as Scale
from pulso_training.calibrate import (
    CalibrationError,
    expected_calibration_error,
    fit_scale,
    thresholds,
)

SOFTMAX_1_0_0 = np.array([np.e, 1, 1]) / (np.e + 2)


def drawn(texts, scale=None, seed=1):
    """Return logits, tokens, and labels that are as sure as `scale` says."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, 3, (texts, 3))
    tokens = draw.integers(4, 256, texts)
    probabilities = calibrated(logits, tokens, scale or Scale())
    labels = (draw.random(texts)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1)
    return logits, labels, tokens


def confident(*parts):
    """Return two-class probabilities and labels from (texts, confidence, right answers)."""
    confidence = np.concatenate([np.full(texts, sure) for texts, sure, _ in parts])
    labels = np.concatenate([np.arange(texts) >= right for texts, _, right in parts]).astype(int)
    return np.stack([confidence, 1 - confidence], axis=1), labels


@pytest.mark.parametrize(
    ("scale", "tokens"),
    [
        (Scale(intercept=np.log(2)), 100),
        (Scale(slope=1.0), 64),
        (Scale(margin=np.log(2) / 2), 7),
        (Scale(intercept=np.log(4), slope=1.0), 16),
    ],
)
def test_a_temperature_of_two_by_hand(scale, tokens):
    found = calibrated(np.array([[2.0, 0.0, 0.0]]), np.array([tokens]), scale)
    assert found[0] == pytest.approx(SOFTMAX_1_0_0)


def test_no_label_changes():
    logits, _, tokens = drawn(500)
    found = calibrated(logits, tokens, Scale(intercept=0.9, slope=-0.4, margin=-0.3))
    assert (found.argmax(axis=1) == logits.argmax(axis=1)).all()
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_an_empty_text_has_a_probability():
    found = calibrated(np.zeros((1, 3)), np.array([0]), Scale(slope=0.1))
    assert found[0] == pytest.approx([1 / 3] * 3)


def test_the_calibration_error_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    assert expected_calibration_error(probabilities, np.array([0, 1, 0])) == pytest.approx((0.8 + 0.4) / 3)


def test_the_calibration_error_of_certainty_is_the_share_of_mistakes():
    assert expected_calibration_error(np.eye(3)[[0, 1, 2, 2]], np.array([0, 1, 2, 0])) == 0.25


def test_the_number_of_bins_decides_which_errors_cancel():
    probabilities, labels = confident((10, 0.7, 10), (10, 0.9, 6))
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.3)
    assert expected_calibration_error(probabilities, labels, bins=1) == pytest.approx(0.0)


def test_the_fit_finds_the_scale_that_made_the_labels():
    true = Scale(intercept=0.5, slope=0.3, margin=-0.05)
    logits, labels, tokens = drawn(20_000, true)
    found = fit_scale(logits, labels, tokens, ["all"] * 20_000)
    assert (found.intercept, found.slope, found.margin) == pytest.approx((0.5, 0.3, -0.05), abs=0.06)
    assert expected_calibration_error(calibrated(logits, tokens, found), labels) < 0.01


def test_every_group_weighs_the_same():
    small, large = drawn(200, Scale(intercept=0.0), seed=2), drawn(200, Scale(intercept=1.0), seed=3)
    once = [np.concatenate(pair) for pair in zip(small, large, strict=True)]
    thrice = [np.concatenate([a, b, b, b]) for a, b in zip(small, large, strict=True)]
    expected = fit_scale(*once, ["small"] * 200 + ["large"] * 200)
    found = fit_scale(*thrice, ["small"] * 200 + ["large"] * 600)
    assert (found.intercept, found.slope) == pytest.approx((expected.intercept, expected.slope), abs=1e-3)


def test_a_handful_of_texts_of_a_group_says_nothing():
    many, few = drawn(200), drawn(49, Scale(intercept=2.0), seed=4)
    both = [np.concatenate(pair) for pair in zip(many, few, strict=True)]
    found, expected = fit_scale(*both, ["many"] * 200 + ["few"] * 49), fit_scale(*many, ["many"] * 200)
    assert (found.intercept, found.slope) == pytest.approx((expected.intercept, expected.slope), abs=1e-3)


def test_too_few_texts_are_refused():
    with pytest.raises(CalibrationError, match="none of 2 groups has the 50 texts"):
        fit_scale(*drawn(80), ["a"] * 40 + ["b"] * 40)


def test_thresholds_by_hand():
    probabilities, labels = confident((60, 0.95, 60), (20, 0.7, 10), (20, 0.6, 0))
    found = thresholds(probabilities, labels, ["a"] * 100)
    assert [(each.use, each.confidence, each.coverage, each.accuracy) for each in found] == [
        ("counting", 0.0, 1.0, pytest.approx(0.7)),
        ("alerting", 0.7, pytest.approx(0.8), pytest.approx(70 / 80)),
        ("automation", 0.95, pytest.approx(0.6), 1.0),
    ]


def test_thresholds_weigh_groups_alike():
    probabilities, labels = confident((50, 0.9, 50), (200, 0.9, 140))
    found = thresholds(probabilities, labels, ["a"] * 50 + ["b"] * 200)
    assert [(each.use, each.accuracy) for each in found] == [
        ("counting", pytest.approx(0.85)),
        ("alerting", pytest.approx(0.85)),
    ]


def test_a_use_that_no_confidence_is_good_enough_for_is_left_out():
    probabilities, labels = confident((49, 0.99, 49), (100, 0.8, 50))
    assert [each.use for each in thresholds(probabilities, labels, ["a"] * 149)] == ["counting"]
