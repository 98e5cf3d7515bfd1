import pytest
from pulso_training.corpus import Row
from pulso_training.evaluate import judge
from pulso_training.precision import choose

TRUTH = ["negative", "negative", "neutral", "positive"]


def test_scores_by_hand():
    result = judge(TRUTH, ["negative", "neutral", "neutral", "positive"])
    assert result.accuracy == 0.75
    assert result.f1 == {"negative": 0.6667, "neutral": 0.6667, "positive": 1.0}
    assert result.macro_f1 == pytest.approx(7 / 9, abs=1e-4)
    assert result.confusion == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]


def test_an_absent_class_counts_as_zero():
    assert judge(["positive"] * 4, ["positive"] * 4).macro_f1 == pytest.approx(1 / 3, abs=1e-4)


def part(size):
    return {"file": [Row("x", TRUTH[n % 4], "", "file") for n in range(size)]}


@pytest.mark.parametrize(
    ("agreeing", "wrong_to_begin_with", "precision"),
    [(100, 0, "int8"), (98, 0, "bf16"), (97, 40, "int8"), (90, 40, "bf16")],
)
def test_int8_is_served_only_when_it_answers_alike_and_loses_nothing(
    agreeing, wrong_to_begin_with, precision
):
    truth = [TRUTH[n % 4] for n in range(100)]
    exact = ["positive" if n < wrong_to_begin_with else answer for n, answer in enumerate(truth)]
    mended = range(100 - agreeing) if wrong_to_begin_with else ()
    spoilt = () if wrong_to_begin_with else range(100 - agreeing)
    int8 = [
        truth[n] if n in mended else "positive" if n in spoilt and answer != "positive" else answer
        for n, answer in enumerate(exact)
    ]
    assert choose(part(100), {"file": exact}, {"file": int8}).precision == precision


def test_the_reason_tells_the_figures():
    exact = [TRUTH[n % 4] for n in range(100)]
    choice = choose(part(100), {"file": exact}, {"file": exact[:90] + ["positive"] * 10})
    assert choice.precision == "bf16"
    assert "is not served" in choice.why
    assert f"{choice.agreement:.1%}" in choice.why
