"""The cube: which cells an item adds to, and which answer a question."""

from functools import reduce
from itertools import combinations
from operator import or_

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulso_trends.domain.cube import CUBOIDS, MICRO, TOTAL, Dimension, cuboid_for, observation, roll_up
from pulso_trends.domain.period import Grain

A = Dimension.ASPECT
EVERY_QUESTION = [reduce(or_, chosen, TOTAL) for size in range(6) for chosen in combinations(Dimension, size)]
KEPT = CUBOIDS[Grain.HOUR] + CUBOIDS[Grain.DAY]


@pytest.mark.parametrize("grain", Grain)
def test_every_question_finds_the_smallest_cuboid_that_tells_its_dimensions_apart(grain):
    for needed in EVERY_QUESTION:
        fitting = [kept for kept in CUBOIDS[grain] if needed in kept and (A in kept) == (A in needed)]
        assert cuboid_for(grain, needed) in fitting
        assert cuboid_for(grain, needed).bit_count() == min(kept.bit_count() for kept in fitting)


def test_one_item_adds_one_to_each_cuboid_and_one_per_aspect(scored):
    aspects = {"sabor": "negative", "precio": "positive"}
    event = scored(region="Lima", product="Chicha", score=0.123456, aspects=aspects)
    cells = roll_up([observation(event)])
    of_items = {key: tally for key, tally in cells.items() if not key.aspect}
    assert len(of_items) == sum(A not in kept for kept in KEPT)
    assert set(map(tuple, of_items.values())) == {(0, 0, 1, 0, 0, 123_456)}
    of_aspects = {key: tally for key, tally in cells.items() if key.aspect == "sabor"}
    assert len(of_aspects) == sum(A in kept for kept in KEPT)
    assert set(map(tuple, of_aspects.values())) == {(1, 0, 0, round(-0.8 * MICRO), 0, 0)}


def test_an_aspect_named_twice_counts_once(scored):
    event = scored(aspects={"sabor": "negative"})
    twice = event.model_copy(update={"aspects": event.aspects * 2})
    assert roll_up([observation(twice)]) == roll_up([observation(event)])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scores=st.lists(st.floats(-1, 1), min_size=2, max_size=20), random=st.randoms())
def test_the_order_of_scores_does_not_matter_to_the_last_bit(scored, scores, random):
    seen = [observation(scored(score=score, created_at="2026-11-10T12:00:00Z")) for score in scores]
    before = roll_up(seen)
    random.shuffle(seen)
    assert roll_up(seen) == before
