import csv
import gzip

import pytest
from pulso_training import corpus
from pulso_training.corpus import LABELS, Row


def test_the_same_text_has_the_same_key():
    assert corpus.normalised("¡¡Qué  RICO, pe!! 😋") == corpus.normalised("que rico pe") == "que rico pe"


def test_a_fifth_is_held_out():
    share = sum(corpus.is_held_out(f"texto {number}") for number in range(5_000)) / 5_000
    assert share == pytest.approx(0.2, abs=0.02)


def made(file: str, number: int, domain: str = "tweets", length: int = 10) -> Row:
    return Row(f"texto {number} " + "x" * length, LABELS[number % 3], domain, file)


def test_no_held_out_text_is_ever_trained_on_in_whatever_file_it_is():
    rows = [made("a", n) for n in range(300)] + [made("b", n) for n in range(150, 450)]
    chosen = corpus.training_rows(rows, {"a": 1_000, "b": 1_000}, longest=100, seed=1)
    held_out = {row.key for part in corpus.held_out(rows).values() for row in part}
    keys = [row.key for row in chosen]
    assert held_out
    assert not held_out & set(keys)
    assert len(keys) == len(set(keys)) == 450 - len(held_out)


def test_a_file_gives_its_share_per_class_food_and_short_texts_first():
    rows = [made("a", n, "hotels" if n % 2 else "restaurants", 400 if n % 5 == 0 else 10) for n in range(600)]
    chosen = corpus.training_rows(rows, {"a": 20}, longest=100, seed=1)
    assert [sum(row.label == label for row in chosen) for label in LABELS] == [20, 20, 20]
    assert {row.domain for row in chosen} == {"restaurants"}
    assert max(len(row.text) for row in chosen) < 100


def test_the_choice_is_the_same_each_time():
    rows = [made("a", n) for n in range(300)]
    first, again = (corpus.training_rows(rows, {"a": 30}, longest=100, seed=5) for _ in range(2))
    assert first == again
    assert first != corpus.training_rows(rows, {"a": 30}, longest=100, seed=6)


def test_reads_rows_of_the_three_labels(tmp_path):
    path = tmp_path / "some.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("text", "label", "domain"), ("rico, ¡sí!", "positive", "x"), ("?", "joy", "x")])
    assert list(corpus.read_file(path)) == [Row("rico, ¡sí!", "positive", "x", "some")]


def test_own_phrases_are_clean():
    phrases = corpus.read_phrases()
    assert {row.label for row in phrases} == set(LABELS)
    assert all(row.key for row in phrases)
    assert len({row.key for row in phrases}) == len(phrases)
