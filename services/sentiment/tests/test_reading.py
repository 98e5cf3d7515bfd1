import pytest
from pulso_contracts.scoring import Aspect, Flag, Sentiment
from pulso_sentiment.domain.reading import EMPTY, MAX_CLAUSES, Opinion, read, score

BAD, GOOD, PLAIN = Opinion((0.8, 0.1, 0.1)), Opinion((0.1, 0.1, 0.8)), Opinion((0.2, 0.6, 0.2))


def test_one_clause_costs_one_piece_and_takes_the_whole_opinion():
    reading = read("¡El delivery otra vez!")
    assert reading.pieces == ("¡El delivery otra vez!",)
    (aspect,) = score(reading, [BAD]).aspects
    assert (aspect.aspect, aspect.sentiment, aspect.score) == (Aspect.ENTREGA, Sentiment.NEGATIVE, -0.7)


@pytest.mark.parametrize(
    ("text", "opinion", "sentiment"),
    [
        ("El delivery demoró", PLAIN, Sentiment.NEGATIVE),
        ("El delivery no demoró", PLAIN, Sentiment.POSITIVE),
        ("La atención regular", BAD, Sentiment.NEUTRAL),
        ("El delivery demoró", Opinion((0.005, 0.005, 0.99)), Sentiment.POSITIVE),
    ],
)
def test_what_words_say_counts_beside_what_the_model_says(text, opinion, sentiment):
    (aspect,) = score(read(text), [opinion]).aspects
    assert aspect.sentiment is sentiment


def test_mixed_feelings_are_told_apart():
    reading = read("Llegó heladazo pero rico")
    result = score(reading, [PLAIN, BAD, GOOD])
    assert result.sentiment is Sentiment.NEUTRAL
    assert {a.aspect: a.sentiment for a in result.aspects} == {
        Aspect.TEMPERATURA: Sentiment.NEGATIVE,
        Aspect.SABOR: Sentiment.POSITIVE,
    }


def test_the_strongest_of_several_clauses_wins():
    reading = read("Pedí delivery. El delivery dijo no. Delivery hoy otra vez.")
    result = score(reading, [PLAIN, PLAIN, BAD, GOOD])
    assert [(a.aspect, a.score) for a in result.aspects] == [(Aspect.ENTREGA, -0.7)]


def test_the_work_for_one_text_is_bounded():
    reading = read(". ".join(f"el precio {number}" for number in range(500)))
    assert len(reading.pieces) == 1 + MAX_CLAUSES
    assert len(score(reading, [PLAIN] * len(reading.pieces)).aspects) == 1


@pytest.mark.parametrize(("text", "opinion", "flags"), [
    ("hola", EMPTY, [Flag.EMPTY]),
    ("<b></b>", EMPTY, [Flag.EMPTY]),
    ("你好", EMPTY, [Flag.EMPTY, Flag.OTHER_LANGUAGE]),
    ("hola", Opinion((0.2, 0.6, 0.2), flags=(Flag.TRUNCATED,)), [Flag.TRUNCATED]),
    ("blurgh", Opinion((0.2, 0.6, 0.2), unknown_share=0.8), [Flag.OTHER_LANGUAGE]),
    ("ƕƿ þæt", Opinion((0.2, 0.6, 0.2), unknown_share=0.6), [Flag.OTHER_LANGUAGE]),
    ("🫠🫡", Opinion((0.2, 0.6, 0.2), unknown_share=0.9), []),
    ("hola", PLAIN, []),
])  # fmt: skip
def test_flags(text, opinion, flags):
    assert score(read(text), [opinion]).flags == flags


def test_confidence_is_the_top_probability_and_none_where_nothing_was_read():
    assert score(read("rico"), [GOOD]).confidence == 0.8
    assert score(read(""), [EMPTY]).confidence == 0
