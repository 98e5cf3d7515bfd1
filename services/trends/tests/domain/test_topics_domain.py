"""Terms become topics that last, and each text is at home in one."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulso_contracts.emerging import ConceptKind
from pulso_trends.domain.concepts import Concept, Taxonomy, shipped_concepts
from pulso_trends.domain.shares import Correction
from pulso_trends.domain.topics.answer import TopicCounts, change, tell
from pulso_trends.domain.topics.grouping import group
from pulso_trends.domain.topics.matching import match
from pulso_trends.domain.topics.regrouping import is_grouped, regroup
from pulso_trends.domain.topics.topics import REST, Member, Topic, Topics

TAXONOMY = Taxonomy(shipped_concepts())
TERMS = sorted(each.id for each in TAXONOMY.concepts.values() if is_grouped(each))


def vector(term):
    """Any vector, the same for a term each time."""
    return np.random.default_rng(list(term.encode())).normal(size=24)


def made(terms, former=None, next_id=1, heard=None):
    voices = {term: heard[term] if heard else 10 + len(term) for term in terms}
    vectors = {term: vector(term) for term in terms if is_grouped(TAXONOMY.concepts[term])}
    return regroup(voices, 20_000, TAXONOMY, vectors, former=former or Topics(), next_id=next_id)


def chosen(number, seed):
    return random.Random(seed).sample(TERMS, number)


@settings(max_examples=15, deadline=None)
@given(number=st.integers(0, 60), seed=st.integers(0, 99), data=st.data())
def test_the_same_input_gives_the_same_topics_in_any_order(number, seed, data):
    terms = [*chosen(number, seed), "entrega", "precio"]
    found = made(terms)
    assert made(data.draw(st.permutations(terms))).topics.all == found.topics.all
    members = [member.concept for topic in found.topics.all for member in topic.members]
    assert sorted(members) == sorted(terms)
    assert len(found.topics.all) == found.next_id - 1 <= round(number**0.5) + 2


@settings(max_examples=15, deadline=None)
@given(number=st.integers(1, 80), seed=st.integers(0, 99))
def test_made_again_from_the_same_terms_nothing_changes(number, seed):
    terms = chosen(number, seed)
    first = made(terms)
    again = made(terms, first.topics, first.next_id)
    assert (again.topics.all, again.next_id) == (first.topics.all, first.next_id)


@pytest.mark.parametrize("seed", range(4))
def test_when_a_tenth_of_the_terms_is_exchanged_most_topics_and_terms_stay(seed):
    terms = chosen(660, seed)
    first = made(terms[:600])
    later = made(terms[60:], first.topics, first.next_id)
    ids = {topic.id for topic in first.topics.all}
    assert len(ids & {topic.id for topic in later.topics.all}) >= 0.9 * len(ids)
    before, after = first.topics.of_terms(), later.topics.of_terms()
    assert sum(after[term] == before[term] for term in terms[60:600]) >= 0.9 * 540


def test_ids_are_never_given_again():
    first = made(chosen(40, 1))
    other = made(["entrega"], first.topics, first.next_id)
    third = made(chosen(40, 1), other.topics, other.next_id)
    seen = [topic.id for several in (first, other, third) for topic in several.topics.all]
    assert len(seen) == len(set(seen))


def test_an_aspect_is_a_topic_by_itself_and_terms_of_one_group_come_together():
    fruits = [each for each in TERMS if "frutas" in TAXONOMY.groups[each]][:8]
    fish = [each for each in TERMS if "pescados" in TAXONOMY.groups[each]][:8]
    topics = made([*fruits, *fish, "entrega"]).topics
    homes = topics.of_terms()
    assert [
        member.concept for topic in topics.all if topic.id == homes["entrega"] for member in topic.members
    ] == ["entrega"]
    assert not {homes[each] for each in fruits} & {homes[each] for each in fish}


def test_listed_concepts_name_a_topic_and_decide_before_terms_that_only_came_up():
    found = [Concept(f"term_{n}", ConceptKind.TERM, f"hallazgo {n}", f"finding {n}") for n in range(2)]
    taxonomy = Taxonomy([*shipped_concepts(), *found])
    heard = {"entrega": 600, "papaya": 12} | {each.id: 20 for each in found}
    vectors = {term: vector(term) for term in heard if term != "entrega"}
    homes = (topics := regroup(heard, 1_000, taxonomy, vectors, former=Topics(), next_id=1).topics).of_terms()
    assert homes["term_0"] != homes["entrega"]
    assert topics.home(["entrega", *(each.id for each in found)]) == homes["entrega"]
    assert topics.home(["entrega", "papaya"]) == homes["papaya"]
    two = {term: vectors[term] for term in ("papaya", "term_0")}
    [one] = regroup({"papaya": 12, "term_0": 20}, 99, taxonomy, two, former=Topics(), next_id=1).topics.all
    assert one.label_es == "papaya, hallazgo 0"


def test_what_two_former_topics_share_goes_to_one_each():
    weights = dict.fromkeys("abcdefg", 1.0)
    groups = [frozenset("ab"), frozenset("cde"), frozenset("fg")]
    assert match(groups, {7: frozenset("abc"), 9: frozenset("de")}, weights) == [7, 9, None]
    assert match(groups, {}, weights) == [None, None, None]
    assert match([], {7: frozenset("a")}, weights) == []
    heavy = weights | {"c": 9.0}
    assert match([frozenset("ab"), frozenset("cde")], {7: frozenset("abc")}, heavy) == [None, 7]


def test_one_term_and_none_are_grouped_too():
    assert group({}, {}, {}) == []
    assert group({"a": np.zeros(3)}, {}, {}) == [frozenset("a")]
    assert group({"a": np.zeros(3), "b": np.zeros(3)}, {}, {}) == [frozenset("ab")]


TOPICS = Topics(
    [
        Topic(2, "b", "b", (Member("b", 5, 10), Member("c", 2, 40))),
        Topic(1, "a", "a", (Member("a", 4, 20), Member("d", 3, 30))),
    ]
)


@pytest.mark.parametrize(
    ("spoken", "home"),
    [({"b", "a"}, 2), ({"b", "a", "d"}, 1), ({"b", "c", "a", "d"}, 1), ({"x"}, REST), (set(), REST)],
)
def test_a_text_is_at_home_where_its_terms_weigh_most_and_else_in_the_oldest(spoken, home):
    assert TOPICS.home(spoken) == home


CONCEPTS = {each: Concept(each, ConceptKind.TERM, f"es {each}", f"en {each}") for each in "abcd"}
COUNTS = st.lists(st.integers(0, 50), min_size=3, max_size=3)


@given(
    counted=st.dictionaries(
        st.tuples(st.integers(0, 4), st.sampled_from(["review", "chat"])),
        st.tuples(COUNTS, st.integers(0, 99)),
    )
)
def test_what_is_told_sums_to_everything(counted):
    parts = [
        TopicCounts(topic, channel, [sum(moods) + 3, sum(moods), *moods, 500_000 * sum(moods)], before)
        for (topic, channel), (moods, before) in counted.items()
    ]
    told = tell(
        parts, TOPICS, CONCEPTS, {1: ["x"]}, Correction("m", {"all": [[90, 5, 5], [5, 90, 5], [5, 5, 90]]})
    )
    assert sum(each.voices for each in told) == sum(part.counts[1] for part in parts)
    if any(each.voices for each in told):
        assert sum(each.share for each in told) == pytest.approx(1)
    assert {each.id for each in told} <= {"t1", "t2", "other"}
    assert [each.id for each in told if each.id == "other"] == [
        each.id for each in told[-1:] if each.id == "other"
    ]
    for each in told:
        assert each.negative + each.neutral + each.positive == each.voices
        assert (each.corrected is None) == (each.voices == 0)
        assert each.score == (0.5 if each.voices else None)


def test_a_share_that_doubles_is_told_with_its_doubt():
    found = change((200, 1_000), (100, 1_000))
    assert found is not None
    assert (found.share_before, found.ratio) == (0.1, pytest.approx(2, rel=0.01))
    assert 1.5 < found.low < 1.7
    assert 2.4 < found.high < 2.7
    assert change((0, 0), (1, 5)) is None
    assert change((1, 5), (0, 0)) is None
    nothing = change((3, 10), (0, 10))
    assert nothing is not None
    assert nothing.low < 1 < nothing.ratio < nothing.high
