from math import log

import pytest
from pulso_contracts.scoring import Sentiment
from pulso_sentiment.domain.explaining import Occlusion, TooManyWords, words
from pulso_sentiment.domain.reading import EMPTY, Opinion


def split(text):
    return [text[word.start : word.end] for word in words(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("¡Llegó heladazo, pero rico!", ["Llegó", "heladazo", "pero", "rico"]),
        ("2x1 a S/10.50", ["2x1", "a", "S", "10", "50"]),
        ("rico👍🏽👍 😡", ["rico", "👍🏽", "👍", "😡"]),
        ("👩\u200d🍳🇵🇪❤️5️⃣", ["👩\u200d🍳", "🇵🇪", "❤️", "5️⃣"]),
        ("cafe\u0301 ri\u200bco", ["cafe\u0301", "ri\u200bco"]),
        (
            "gracias @la_casera #rico https://x.pe/a?b=1",
            ["gracias", "@la_casera", "#rico", "https://x.pe/a?b=1"],
        ),
        ("美味しい الطعام", ["美味しい", "الطعام"]),
        ("...!! \u200b", []),
        ("", []),
    ],
)
def test_words(text, found):
    assert split(text) == found


def test_a_words_weight_is_what_the_log_odds_lose_without_it():
    occlusion = Occlusion("muy rico")
    assert occlusion.pieces == ["muy rico", " rico", "muy "]
    told = occlusion.explanation(
        [Opinion((0.1, 0.1, 0.8)), Opinion((0.25, 0.25, 0.5)), Opinion((0.2, 0.6, 0.2))], "m-1"
    )
    assert (told.sentiment, told.model_version) == (Sentiment.POSITIVE, "m-1")
    assert told.base == round(log(4), 4)
    assert [(word.word, word.start, word.end) for word in told.words] == [("muy", 0, 3), ("rico", 4, 8)]
    assert [word.weight for word in told.words] == [round(log(4), 4), round(log(4) + log(4), 4)]


def test_without_its_only_word_a_text_says_nothing():
    told = Occlusion("pésimo").explanation([Opinion((0.8, 0.1, 0.1)), EMPTY], "m-1")
    assert [word.weight for word in told.words] == [round(log(4) + log(2), 4)]


def test_certainty_stays_finite():
    told = Occlusion("a b").explanation([Opinion((0, 0, 1)), Opinion((0, 0, 1)), Opinion((1, 0, 0))], "m-1")
    assert [word.weight for word in told.words] == [0, round(2 * log((1 - 1e-6) / 1e-6), 4)]


def test_words_that_are_not_weighed_are_told_without_a_weight():
    occlusion = Occlusion("el lomo muy rico")
    assert occlusion.words == ["el", "lomo", "muy", "rico"]
    occlusion.weigh([1, 3])
    assert occlusion.pieces == ["el lomo muy rico", "el  muy rico", "el lomo muy "]
    told = occlusion.explanation(
        [Opinion((0.1, 0.1, 0.8)), Opinion((0.1, 0.1, 0.8)), Opinion((0.25, 0.25, 0.5))], "m-1"
    )
    assert [word.word for word in told.words] == occlusion.words
    assert [word.weight for word in told.words] == [None, 0, None, round(log(4), 4)]


@pytest.mark.parametrize(("words", "enough"), [(1, 19), (19, 19), (40, 19), (41, 19), (42, 20), (128, 63)])
def test_long_texts_are_explained_by_nearly_half_of_their_words(words, enough):
    assert Occlusion("ya " * words).enough == enough


def test_many_words_are_taken_and_too_many_refused():
    assert len(Occlusion("ya " * 128).pieces) == 129
    with pytest.raises(TooManyWords):
        Occlusion("ya " * 129)
