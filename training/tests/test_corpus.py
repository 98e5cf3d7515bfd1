"""Rows are read as they stand, and no text is on two sides of the split."""

import gzip

import pytest
from pulso_training import corpus, plan
from pulso_training.corpus import LABELS, CorpusError, Row
from pulso_training.split import Part, fold_of, normalised, part_of

HEADER = "text,label,rating,domain,country\n"


def made(file: str, number: int, domain: str = "tweets") -> Row:
    return Row(f"texto {number}", LABELS[number % 3], domain, file)


def test_the_same_text_has_the_same_key():
    assert normalised("¡¡Qué  RICO, pe!! 😋") == normalised("que rico pe") == "que rico pe"


def test_a_fifth_is_held_out_and_a_twentieth_chooses():
    parts = [part_of(f"texto {number}") for number in range(5_000)]
    assert parts.count(Part.HELD_OUT) / 5_000 == pytest.approx(0.2, abs=0.02)
    assert parts.count(Part.DEVELOPMENT) / 5_000 == pytest.approx(0.05, abs=0.01)


def test_no_text_is_on_two_sides_however_it_is_written_and_in_whatever_file():
    rows = [made("a", n) for n in range(600)] + [made("b", n) for n in range(300, 900)]
    rows += [Row(f"¡TEXTO {n}!", "positive", "tweets", "c") for n in range(900)]
    trained = {row.key for row in plan.training_rows(rows, {}, 10_000, seed=1)}
    others = [
        {row.key for part in plan.parts(rows, wanted).values() for row in part}
        for wanted in (Part.DEVELOPMENT, Part.HELD_OUT)
    ]
    assert all(others)
    assert not trained & others[0]
    assert not trained & others[1]
    assert not others[0] & others[1]
    assert len(trained) + len(others[0]) + len(others[1]) == 900


def test_of_two_labels_of_a_text_the_first_counts():
    text = next(f"texto {n}" for n in range(99) if part_of(f"texto {n}") is Part.TRAIN)
    rows = [Row(text, "negative", "", "a"), Row(text.upper(), "positive", "", "b")]
    assert plan.training_rows(rows, {}, 10, seed=1) == rows[:1]


def test_a_file_gives_its_share_per_class_restaurants_first():
    rows = [made("a", n, "hotels" if n % 2 else "restaurants") for n in range(600)]
    chosen = plan.training_rows(rows, {"a": 20}, 10_000, seed=1)
    assert [sum(row.label == label for row in chosen) for label in LABELS] == [20, 20, 20]
    assert {row.domain for row in chosen} == {"restaurants"}


def test_the_choice_is_the_same_each_time():
    rows = [made("a", n) for n in range(300)]
    first, again = (plan.training_rows(rows, {"a": 30}, 10, seed=5) for _ in range(2))
    assert first == again
    assert first != plan.training_rows(rows, {"a": 30}, 10, seed=6)


def test_folds_are_of_a_size_and_cut_across_the_split():
    keys = [f"texto {number}" for number in range(2_000)]
    for wanted in (Part.TRAIN, Part.HELD_OUT):
        inside = [key for key in keys if part_of(key) is wanted]
        shares = [sum(fold_of(key, 4) == fold for key in inside) / len(inside) for fold in range(4)]
        assert shares == pytest.approx([0.25] * 4, abs=0.08)


def test_reads_what_a_row_tells(tmp_path):
    path = tmp_path / "some.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        file.write(
            'text,label,rating,domain,country,source,emotion\n"rico, ¡sí!",positive,4.5,food,PE,x,joy\n'
        )
    assert list(corpus.read_file(path)) == [Row("rico, ¡sí!", "positive", "food", "some", "joy", 4.5, "PE")]


def test_reads_emotions_without_labels_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "felt.csv"
    path.write_text("text,emotion\n¡qué rabia!,anger\n", encoding="utf-8-sig")
    assert list(corpus.read_file(path)) == [Row("¡qué rabia!", "", "", "felt", "anger")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (HEADER.encode(), "has a header and no rows"),
        (b"texto,clase\nrico,positive\n", "needs the columns text and label"),
        (
            f"{HEADER}rico,bueno,,,\n".encode(),
            "line 2: label 'bueno' is not one of negative, neutral, positive",
        ),
        (f"{HEADER}rico,,,,\n".encode(), "neither a label nor an emotion"),
        (f"{HEADER}rico,positive,muchas,,\n".encode(), "rating 'muchas' is not a number"),
        (f"{HEADER}señor,positive,,,\n".encode("latin-1"), "is not UTF-8"),
        (f"{HEADER}rico,positive,,,\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path, content, said):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=said):
        list(corpus.read_file(path))


def test_own_phrases_are_clean():
    phrases = corpus.read_phrases()
    assert {row.label for row in phrases} == set(LABELS)
    assert len(phrases) >= 1_500
    assert all(row.key for row in phrases)
    assert len({row.key for row in phrases}) == len(phrases)
