"""What counts as a movement."""

import random

import pytest
from pulso_cli.movement import Cell, Counts, mood_moves, volume_moves


def cell(before: tuple[int, int], recent: tuple[int, int], product: str = "soda") -> Cell:
    return Cell("Arequipa", product, Counts(*before), Counts(*recent))


def test_volume_that_quadruples_is_a_move_with_weekly_figures():
    (move,) = volume_moves([cell((18, 0), (24, 0))])
    assert (move.before, move.recent) == (pytest.approx(2.0), pytest.approx(8.0))
    assert move.p_value == pytest.approx(1.7e-5, rel=0.1)


def test_volume_in_proportion_to_the_days_is_no_move():
    assert volume_moves([cell((63, 5), (21, 1)), cell((630, 5), (210, 1))]) == []


def test_falls_are_moves_too_and_the_surest_comes_first():
    moves = volume_moves(
        [cell((20, 0), (30, 0), "rises"), cell((90, 0), (5, 0), "fades"), cell((9, 0), (4, 0))]
    )
    assert [(move.cell.product, move.recent > move.before) for move in moves] == [
        ("rises", True),
        ("fades", False),
    ]


def test_what_is_rare_alone_is_common_among_hundreds():
    odd = cell((15, 0), (15, 0), "odd")
    assert volume_moves([odd]) != []
    assert volume_moves([odd, *[cell((60, 0), (20, 0))] * 400]) == []


def test_without_any_change_hardly_anything_is_shown():
    draw = random.Random(4)
    shown = sum(len(mood_moves([mood_by_chance(draw) for _ in range(400)])) for _ in range(20))
    assert shown <= 1


def mood_by_chance(draw: random.Random) -> Cell:
    def period(items: int) -> Counts:
        return Counts(items, sum(draw.random() < 0.25 for _ in range(items)))

    return Cell("Lima", "soda", period(draw.randint(15, 60)), period(draw.randint(3, 15)))


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
