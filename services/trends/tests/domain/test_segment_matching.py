"""Segments keep their ids: the alike continue each other one to one, what is new gets none."""

import math

from hypothesis import given
from hypothesis import strategies as st
from pulso_trends.domain.segments.matching import LEAST_LIKENESS, matched

CONCEPTS = ("ceviche", "cafe", "pan", "vegano", "precio")


def profile(**weights):
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {concept: weight / length for concept, weight in weights.items()}


profiles = st.dictionaries(st.sampled_from(CONCEPTS), st.floats(0.01, 1), min_size=1).map(
    lambda weights: profile(**weights)
)


def test_what_is_alike_keeps_its_id_whatever_the_order():
    sea, coffee = profile(ceviche=1, precio=0.3), profile(cafe=1, pan=0.5)
    former = {3: sea, 8: coffee}
    drifted = profile(cafe=0.9, pan=0.7, precio=0.2)
    assert matched([drifted, sea], former) == [8, 3]
    assert matched([profile(vegano=1), drifted], former) == [None, 8]
    assert matched([], former) == []
    assert matched([sea], {}) == [None]


def test_together_they_are_as_alike_as_possible():
    """The first is nearest to 1 as well, but then the second would be nobody's."""
    former = {1: profile(ceviche=1), 2: profile(ceviche=0.7, cafe=0.7)}
    assert matched([profile(ceviche=0.9, cafe=0.6), profile(ceviche=1)], former) == [2, 1]


@given(st.lists(profiles, max_size=6), st.lists(profiles, max_size=6))
def test_an_id_is_given_once_and_only_to_the_alike(new, former):
    known = dict(enumerate(former, start=10))
    ids = matched(new, known)
    given_ids = [each for each in ids if each is not None]
    assert len(given_ids) == len(set(given_ids))
    for each, number in zip(new, ids, strict=True):
        if number is not None:
            likeness = sum(weight * known[number].get(concept, 0) for concept, weight in each.items())
            assert likeness >= LEAST_LIKENESS


@given(st.lists(profiles, max_size=6, unique_by=lambda each: tuple(sorted(each))))
def test_nothing_changes_when_nothing_changed(same):
    ids = matched(same, dict(enumerate(same)))
    assert [
        sum(w * same[number].get(c, 0) for c, w in each.items()) > 0.999
        for each, number in zip(same, ids, strict=True)
    ] == [True] * len(same)
