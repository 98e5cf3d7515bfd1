"""Shares corrected for confusion cover the truth as often as their intervals say."""

import numpy as np
import pytest
from pulso_trends.domain.shares import Correction

RATES = np.array([[0.75, 0.2, 0.05], [0.15, 0.65, 0.2], [0.03, 0.12, 0.85]])


def confusion(draw, texts=600):
    return [draw.multinomial(texts, row).tolist() for row in RATES]


def test_intervals_cover_the_truth():
    draw = np.random.default_rng(1)
    truth = np.array([0.2, 0.2, 0.6])
    hits, runs = np.zeros(3), 600
    for _ in range(runs):
        counts = draw.multinomial(400, truth @ RATES)[None].astype(float)
        shares = Correction("m", {"all": confusion(draw)}).corrected(counts, {})
        hits += (shares.low[0] <= truth) & (truth <= shares.high[0])
    assert (hits / runs >= 0.92).all()
    assert (hits / runs <= 0.985).all()


def test_a_correction_undoes_what_counting_hides():
    truth = np.array([0.5, 0.1, 0.4])
    counts = np.round(100_000 * truth @ RATES)[None]
    known = (RATES * 10_000).tolist()
    shares = Correction("m", {"all": known}).corrected(counts, {"review": 1.0})
    assert shares.share[0] == pytest.approx(truth, abs=0.01)
    assert counts[0, 1] / 100_000 - truth[1] > 0.1


def test_each_channel_has_its_own_confusion_where_it_was_measured_well():
    known = {
        "all": (np.eye(3) * 500).tolist(),
        "chat": (RATES * 500).tolist(),
        "survey": (np.eye(3)[::-1]).tolist(),
    }
    counts = np.array([[30.0, 30.0, 40.0]])
    correction = Correction("m", known)
    alone = correction.corrected(counts, {"chat": 1}).share
    assert not np.allclose(alone, correction.corrected(counts, {"review": 1}).share)
    assert np.allclose(
        correction.corrected(counts, {"survey": 1}).share, correction.corrected(counts, {}).share
    )


def test_shares_lie_on_the_simplex_even_where_the_counts_are_impossible():
    shares = Correction("m", {"all": (RATES * 500).tolist()}).corrected(
        np.array([[0.0, 0, 9], [7, 0, 0]]), {}
    )
    assert shares.share.min() >= 0
    assert shares.share.sum(axis=1) == pytest.approx([1, 1])
    assert (shares.low <= shares.share).all()
    assert (shares.share <= shares.high).all()


def test_nothing_counted_has_no_share():
    assert np.isnan(
        Correction("m", {"all": (RATES * 500).tolist()}).corrected(np.zeros((1, 3)), {}).share
    ).all()


@pytest.mark.parametrize("table", [{}, {"review": [[1, 0, 0]] * 3}, {"all": [[1, 2], [3, 4]]}])
def test_a_table_of_another_form_is_refused(table):
    with pytest.raises(ValueError, match="three by three"):
        Correction("m", table)
