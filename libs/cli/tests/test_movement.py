"""What counts as a movement."""

import pytest
from pulso_cli.movement import Cell, Counts, mood_moves, volume_moves


def cell(before: tuple[int, int], recent: tuple[int, int], product: str = "soda") -> Cell:
    return Cell("Arequipa", product, Counts(*before), Counts(*recent))


def test_volume_that_quadruples_is_a_move_with_weekly_figures():
    (move,) = volume_moves([cell((18, 0), (24, 0))])
    assert (move.before, move.recent) == (pytest.approx(2.0), pytest.approx(8.0))
    assert move.deviations == pytest.approx(4.81, abs=0.01)


def test_volume_in_proportion_to_the_days_is_no_move():
    assert volume_moves([cell((63, 5), (21, 1)), cell((630, 5), (210, 1))]) == []


def test_a_fall_is_a_negative_move_and_the_surest_comes_first():
    moves = volume_moves(
        [cell((20, 0), (30, 0), "rises"), cell((90, 0), (5, 0), "fades"), cell((9, 0), (4, 0))]
    )
    assert [(move.cell.product, move.deviations > 0) for move in moves] == [("rises", True), ("fades", False)]


def test_too_few_items_show_nothing():
    assert volume_moves([cell((0, 0), (14, 0))]) == []
    assert mood_moves([cell((7, 0), (7, 7))]) == []


def test_mood_compares_shares_not_counts():
    (move,) = mood_moves([cell((300, 60), (50, 30)), cell((300, 60), (200, 40))])
    assert (move.before, move.recent) == (pytest.approx(0.2), pytest.approx(0.6))


@pytest.mark.parametrize(
    ("before", "recent"), [((40, 0), (40, 0)), ((40, 40), (40, 40)), ((0, 0), (40, 20)), ((40, 20), (0, 0))]
)
def test_mood_without_anything_to_compare_is_no_move(before, recent):
    assert mood_moves([cell(before, recent)]) == []
