"""Segments: planted tastes are found again, people without any are not divided, nobody is exposed."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pulso_contracts.scoring import Aspect
from pulso_contracts.segments import NoSegments, Segment
from pulso_trends.domain.concepts import Taxonomy, shipped_concepts
from pulso_trends.domain.segments.division import LEAST_PEOPLE, divided
from pulso_trends.domain.segments.finding import LEAST_IN_CELL, LEAST_IN_SEGMENT, find_segments, surely_more
from pulso_trends.domain.segments.grouping import nearest, silhouette
from pulso_trends.domain.segments.people import Gathering, Voice
from pulso_trends.domain.segments.profile import Shares, groups_of_days, shares
from pulso_trends.domain.segments.space import unit
from pulso_trends.domain.segments.tags import tags
from pulso_trends.domain.segments.told import told
from scipy.sparse import csr_array
from sklearn.metrics import adjusted_rand_score, silhouette_score

TAXONOMY = Taxonomy(shipped_concepts())
TASTES = {
    "sea": ("ceviche", "tiradito", "leche de tigre", "jalea mixta", "parihuela", "arroz con mariscos"),
    "sweet": (
        "suspiro limeño",
        "picarones",
        "mazamorra morada",
        "tres leches",
        "crema volteada",
        "alfajores",
    ),
    "coffee": ("café pasado", "capuchino", "espresso", "pan francés", "ciabatta", "croissant"),
    "health": ("vegano", "sin azúcar", "integral", "quinua", "light", "orgánico"),
}
USUAL = ("lomo saltado", "arroz chaufa", "ají de gallina", "chicha morada", "anticuchos", "inca kola", "papa")
DEPARTMENTS = ("Lima", "Cusco", "Piura", "Arequipa")


def voices(tastes, *, each=60, strength=0.5, days=8, seed=0):
    """People of each taste; in so many of their voices they speak of it, else of anything."""
    draw = random.Random(seed)
    anything = [*USUAL, *(dish for dishes in TASTES.values() for dish in dishes)]
    for taste in tastes:
        for person in range(each):
            for day in draw.sample(range(20_000, 20_180), days):
                own = draw.random() < strength
                dish = draw.choice(TASTES[taste] if own and taste in TASTES else anything)
                text = f"Pedí {dish} y {draw.choice(USUAL)}"
                mood = draw.choice(("positive", "negative"))
                place = DEPARTMENTS[person % len(DEPARTMENTS)]
                yield Voice(f"{taste}-{person:04}", day, place, text, mood, 0.5, ())


def people_of(said):
    gathering = Gathering(TAXONOMY, tags())
    gathering.add(said)
    return gathering.people()


def found(said):
    return find_segments(people_of(said), tags())


def names(group):
    return {each.id for each in group.concepts}


def test_planted_tastes_are_found_again_with_their_sizes_and_tags():
    groups = found(voices(TASTES)).groups
    assert len(groups) == len(TASTES)
    assert all(50 <= group.people <= 70 for group in groups)
    by_concept = {concept: group for group in groups for concept in names(group)}
    for concept, tag in (
        ("tiradito", "cevichero"),
        ("picarones", "dulcero"),
        ("integral", "cuida_su_salud"),
        ("ciabatta", "panadero"),
    ):
        group = by_concept[concept]
        assert tag in {each.id for each in group.tags}
        [spoken] = [each for each in group.concepts if each.id == concept]
        assert spoken.share > 2 * spoken.share_of_all
    assert not any("papa" in names(group) for group in groups)


def test_people_land_with_those_of_their_taste():
    division = divided(people_of(voices(TASTES, strength=0.7, seed=4)))
    truth = [taste for taste in sorted(TASTES) for _ in range(60)]  # people come in the order of their hashes
    assert adjusted_rand_score(truth, division.members) > 0.9


@pytest.mark.slow
def test_people_without_tastes_are_not_divided():
    """The level is 0.01: three of thirty would be seen three times in a thousand."""
    reasons = Counter(
        found(voices(["anybody"], each=150, days=5 + seed % 5, seed=seed)).reason for seed in range(30)
    )
    assert reasons[NoSegments.NO_STRUCTURE] >= 28


def test_who_says_one_thing_many_times_a_day_has_no_taste():
    draw = random.Random(5)
    said = [
        voice._replace(text=f"Pedí {dish}")
        for voice in voices(["anybody"], each=150, days=5, seed=5)
        for dish in (draw.choice(TASTES["sea"]),)
        for _ in range(3)
    ]
    assert found(said).reason is NoSegments.NO_STRUCTURE


def test_a_season_is_no_taste():
    draw = random.Random(6)

    def of_season(number):
        start = 20_000 + 60 * (number % 3)
        dishes = list(TASTES.values())[number % 3]
        for day in draw.sample(range(start, start + 60), 7):
            yield Voice(f"{number:04}", day, "Lima", f"Pedí {draw.choice(dishes)}", "positive", 0.5, ())

    assert (
        found(voice for number in range(180) for voice in of_season(number)).reason is NoSegments.NO_STRUCTURE
    )


def test_few_people_are_not_divided():
    result = found(voices(TASTES, each=LEAST_PEOPLE // len(TASTES) - 1))
    assert (result.groups, result.reason) == ((), NoSegments.NOT_ENOUGH_PEOPLE)


def test_the_order_of_voices_and_more_of_everything_change_nothing():
    said = list(voices(TASTES, seed=2))
    shuffled = random.Random(1).sample(said, len(said))
    assert found(shuffled) == found(said)
    twice = [each for each in said for _ in range(2)]  # the same day, said again
    assert [names(group) for group in found(twice).groups] == [names(group) for group in found(said).groups]


def test_nothing_is_told_of_few_people():
    """Four people in Tumbes who like the sea, and juane too, are no cell of the segment that they are in."""
    said = list(voices(TASTES, seed=3))
    said += [
        Voice(f"rare-{n % 4}", 20_000 + n, "Tumbes", "Pedí tiradito, parihuela y juane", "positive", 0.5, ())
        for n in range(40)
    ]
    groups = found(said).groups
    assert sum(group.people for group in groups) == 4 * 60 + 4
    for group in groups:
        assert group.people >= LEAST_IN_SEGMENT
        assert all(count >= LEAST_IN_CELL for count in group.departments.values())
        assert "Tumbes" not in group.departments
        assert "juane" not in names(group) | set(group.profile)


def test_what_is_told_holds_no_person_and_no_text():
    said = [voice._replace(customer=f"5ec7e7{voice.customer}") for voice in voices(TASTES)]
    concepts = {tag.id: tag for tag in tags()}
    for group in found(said).groups:
        fields = told(group, 240, TAXONOMY.concepts, concepts)
        assert set(fields) == set(Segment.model_fields) - {"id", "since"}
        assert "5ec7e7" not in str(fields)
        assert "Pedí" not in str(fields)
        assert fields["items"] == 8 * fields["people"]


def test_tags_are_made_of_concepts_and_aspects_that_exist():
    assert len(tags()) >= 15
    for tag in tags():
        assert tag.concepts <= set(TAXONOMY.concepts), tag.id
        assert tag.complaints <= {each.value for each in Aspect}, tag.id
        assert tag.concepts or tag.complaints or tag.phrases


@pytest.mark.parametrize(
    ("text", "aspects", "expected"),
    [
        ("Qué caro está todo", (), {"sensible_al_precio"}),
        ("Llegó tarde", (), {"impaciente_con_la_entrega"}),
        ("", (("entrega", "negative"),), {"impaciente_con_la_entrega"}),
        ("", (("entrega", "positive"),), set()),
        ("Un ceviche mixto para mi familia", (), {"cevichero", "marino", "familiar"}),
        ("hola", (), set()),
    ],
)
def test_a_voice_is_evidence_of_tags(text, aspects, expected):
    people = people_of([Voice("a", 1, None, text, "neutral", 0.0, aspects)])
    assert {tags()[column].id for column in people.tags.indices} == expected


WORDS = ("ceviche", "café", "picarones", "vegano", "nada", "")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12),
    st.integers(60, 120),
)
def test_no_people_are_too_odd(pattern, count):
    """Whatever people say, alike or not, on one day or several, there is an answer that hides them."""
    said = [
        Voice(f"{person:03}", 20_000 + day, None, f"{WORDS[first]} {WORDS[second]}", "neutral", 0.0, ())
        for person in range(count)
        for day in range(3)
        for first, second, modulus in pattern
        if modulus == 0 or person % (modulus + 1) == day % (modulus + 1)
    ]
    result = found(said)
    assert result.reason is None or not result.groups
    assert all(group.people >= LEAST_IN_SEGMENT for group in result.groups)
    assert all(np.isfinite(each.lift) for group in result.groups for each in (*group.concepts, *group.tags))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(2, 6))
def test_the_silhouette_is_that_of_all_pairs(seed, groups):
    draw = np.random.default_rng(seed)
    places = unit(draw.normal(size=(40, 4)))
    middles = unit(draw.normal(size=(groups, 4)))
    labels = nearest(places, middles)
    assume(len(set(labels.tolist())) > 1)
    assert silhouette(places, middles) == pytest.approx(silhouette_score(places, labels, metric="cosine"))


def test_shares_weigh_people_alike_and_days_of_one_person_are_no_witnesses():
    """The first person speaks of it every day, the second never: one in two, however many days each wrote."""
    owner = np.array([0] * 8 + [1] * 2 + [2] * 4)
    group = np.array([0] * 10 + [1] * 4)
    spoken = csr_array(np.array([[1.0]] * 8 + [[0.0]] * 6))
    told = shares(spoken, owner, group, 2)
    assert told.own.tolist() == [[0.5], [0.0]]
    assert told.everybody.tolist() == pytest.approx([1 / 3])
    assert told.speakers.tolist() == [[1], [0]]
    # One of two people: a variance of 2 · 0.5² / 2².
    assert told.surprise[0, 0] == pytest.approx(0.5 / np.sqrt(0.125))


def test_a_day_is_placed_by_the_other_days_of_its_person():
    coordinates = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 5.0]])
    days = groups_of_days(coordinates, np.array([0, 0, 0, 1]), 2, np.eye(2))
    assert days.tolist() == [0, 0, 0, -1]


def test_a_concept_is_told_from_five_people_on():
    surely = Shares(
        own=np.array([[0.5, 0.5]]),
        everybody=np.array([0.1, 0.1]),
        speakers=np.array([[LEAST_IN_CELL - 1, LEAST_IN_CELL]]),
        surprise=np.array([[9.0, 9.0]]),
    )
    assert [[each.id for each in group] for group in surely_more(surely, ("few", "enough"), 1.25)] == [
        ["enough"]
    ]
