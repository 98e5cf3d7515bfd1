"""The taxonomy that ships, and how texts are searched for it."""

import pytest
from pulso_contracts.emerging import ConceptKind
from pulso_contracts.scoring import Aspect
from pulso_trends.domain.concepts import Concept, Taxonomy, TaxonomyError, shipped_concepts
from pulso_trends.domain.words import normal, words


@pytest.fixture(scope="module")
def shipped():
    return Taxonomy(shipped_concepts())


def test_the_taxonomy_agrees_with_itself_and_covers_peru(shipped):
    assert len(shipped.concepts) >= 300
    assert {each.id for each in shipped.concepts.values() if each.kind is ConceptKind.SERVICE} == set(Aspect)
    for dish in ("ceviche", "rocoto_relleno", "juane", "pachamanca", "cuy_chactado", "shambar", "pisco_sour"):
        assert dish in shipped.concepts


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Ricooooos los CEBICHES, caseritaaa", {"ceviche"}),
        ("arroz con leche", {"arroz_con_leche"}),
        ("un lomito saltado y su chicha morada", {"lomo_saltado", "chicha_morada"}),
        ("sin azúcar por favor", {"sin_azucar"}),
        ("nada de eso", set()),
    ],
)
def test_concepts_are_found_by_all_their_names(shipped, text, concepts):
    found = shipped.mentioned(words(text))
    assert concepts <= found
    if not concepts:
        assert not found


def test_of_overlapping_names_the_longest_counts(shipped):
    found = shipped.mentioned(words("arroz con leche"))
    assert not {"arroz", "leche"} & found


def test_a_group_counts_with_each_of_its_members():
    taxonomy = Taxonomy(
        [
            Concept("soups", ConceptKind.DISH, "sopas", "soups"),
            Concept("broths", ConceptKind.DISH, "caldos", "broths", parent="soups"),
            Concept("chairo", ConceptKind.DISH, "chairo", "chairo", parent="broths"),
        ]
    )
    assert taxonomy.mentioned(["chairo"]) == {"chairo", "broths", "soups"}


def test_groups_in_a_circle_are_refused():
    circle = [
        Concept(one, ConceptKind.DISH, one, one, parent=other)
        for one, other in (("abc", "xyz"), ("xyz", "abc"))
    ]
    with pytest.raises(TaxonomyError, match="belongs to itself"):
        Taxonomy(circle)


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("ajies", "aji"),
        ("papas", "papa"),
        ("panes", "pan"),
        ("veces", "vez"),
        ("ricooo", "rico"),
        ("mes", "mes"),
        ("té", "té"),
    ],
)
def test_spellings_of_one_word_compare_equal(word, same):
    assert normal(word) == normal(same)
