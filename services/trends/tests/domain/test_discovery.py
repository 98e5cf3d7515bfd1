"""Phrases that no list has are found by their association, whatever a language's small words do."""

import random

from pulso_trends.domain.concepts import Taxonomy, shipped_concepts
from pulso_trends.domain.discovery import LEAST_TEXTS, discover

FILLERS = [f"{one}{two}" for one in "bcdfgklmnprst" for two in ("amira", "olopa", "unoque", "irafa")]


def texts(phrase, holders, others=4_000):
    draw = random.Random(1)

    def filler():
        return " ".join(draw.choice(FILLERS) for _ in range(3))

    told = [f"{filler()} el {phrase} de la casa {filler()}" for _ in range(holders)]
    return told + [f"{filler()} la casa {filler()}" for _ in range(others)]


def found(phrase, holders, **options):
    discovered = discover(texts(phrase, holders, **options), Taxonomy(shipped_concepts()), most=20)
    return {each.written: each.texts for each in discovered if not set(each.written.split()) & set(FILLERS)}


def test_a_phrase_is_found_as_a_whole_and_as_it_is_written():
    assert found("brebaje lunar", 60) == {"brebaje lunar": 60}


def test_spellings_of_one_phrase_count_together():
    assert found("Brebajes  LUNARES", 40) == {"brebajes lunares": 40}


def test_what_the_taxonomy_knows_is_not_discovered():
    assert found("ceviche mixto", 60) == {}


def test_what_few_say_is_not_discovered():
    assert found("brebaje lunar", LEAST_TEXTS - 1) == {}


def test_the_same_texts_give_the_same_phrases():
    assert found("brebaje lunar", 60) == found("brebaje lunar", 60)
