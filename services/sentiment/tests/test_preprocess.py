import pytest
from pulso_sentiment.model.preprocess import MAX_CHARACTERS, preprocess


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Muy \n rico\t", "Muy rico"),
        ("mira https://x.pe/a?b=1 y www.y.pe", "mira http y http"),
        ("gracias @la_casera", "gracias @user"),
        ("buenísimoooooo!!!!!", "buenísimoo!!"),
        ("jajajajaja qué risa JAJAJA", "jaja qué risa jaja"),
        ("costó 1000000 soles", "costó 1000000 soles"),
        ("esperé......", "esperé..."),
        ("PÉSIMO SERVICIO, no vuelvo", "pésimo servicio, no vuelvo"),
        ("KFC ok", "KFC ok"),
        ("rico 👍🏽 👩\u200d🍳", "rico 👍 👩🍳"),
        ("pan &amp; queso", "pan & queso"),
        ("cafe\u0301", "café"),
        ("a\x00b\x07c", "a b c"),
        ("\u200b\ufe0f \x01", ""),
        ("<p>Muy <b>rico</b><br/>y barato</p>", "Muy rico y barato"),
        ('mira <a href="https://x.pe/a">la carta</a>', "mira la carta"),
        ("&lt;br&gt;rico", "rico"),
        ("los amo <3 <3", "los amo <3 <3"),
        ("precio < calidad > todo", "precio < calidad > todo"),
        ("5<6 y 7>2", "5<6 y 7>2"),
        ("x" * 5_000, "xx"),
        ("rico \ud83d feo", "rico feo"),
    ],
)
def test_cleans(raw, clean):
    assert preprocess(raw) == clean


def test_is_stable_when_applied_twice():
    text = "Llegooooó TARDÍSIMO jajajaja http://a.pe 😡😡😡😡 @tienda"
    assert preprocess(preprocess(text)) == preprocess(text)


def test_cuts_before_working():
    assert len(preprocess("ab " * MAX_CHARACTERS)) <= MAX_CHARACTERS
