"""Counts of many concepts are kept small, and come out as tables."""

import numpy as np
import pytest
from pulso_trends.domain.emerging.heard import Heard

SHAPE = (3, 2, 4)


def test_tables_come_out_as_they_went_in():
    draw = np.random.default_rng(4)
    tables = draw.poisson(0.3, (5, *SHAPE))
    cells = [[number, place, table.flat[place]] for number, table in enumerate(tables) for place in range(24)]
    shuffled = draw.permutation(np.array(cells))
    heard = Heard("abcde", shuffled[shuffled[:, 2] > 0], SHAPE)
    assert [*heard] == ["a", "b", "c", "d", "e"]
    for name, table in zip("abcde", tables, strict=True):
        assert (heard[name] == table).all()


def test_counts_of_one_place_are_added_up_and_a_concept_can_be_taken_out():
    heard = Heard(["everything", "silence"], np.array([[0, 5, 2], [0, 5, 3]]), SHAPE)
    assert heard.take("everything").flat[5] == 5
    assert [*heard] == ["silence"]
    assert heard["silence"].sum() == 0
    with pytest.raises(KeyError):
        heard["everything"]


def test_nothing_heard_is_an_empty_table():
    assert Heard([""], np.zeros((0, 3), np.int64), SHAPE)[""].shape == SHAPE
