import pytest
from pulso_contracts.scoring import Aspect
from pulso_sentiment.domain.aspects import lexicon, mentions


def named(text):
    return [(mention.aspect.value, mention.term, mention.clause) for mention in mentions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Llegó heladazo pero rico",
            [("temperatura", "heladazo", "Llegó heladazo"), ("sabor", "rico", "rico")],
        ),
        (
            "El ceviche estuvo bacán, aunque llegó tarde.",
            [("entrega", "llegó tarde", "llegó tarde")],
        ),
        (
            "La comida rica, el servicio pésimo y carísimo",
            [
                ("sabor", "comida", "La comida rica"),
                ("atencion", "servicio", "el servicio pésimo"),
                ("precio", "carísimo", "carísimo"),
            ],
        ),
        ("¡LA PORCIÓN, MISERABLE!", [("tamano", "PORCIÓN", "LA PORCIÓN, MISERABLE")]),
        (
            "La app se cuelga. No aceptan Yape.",
            [("aplicacion", "app", "La app se cuelga"), ("pago", "Yape", "No aceptan Yape")],
        ),
        ("No hay stock", [("disponibilidad", "No hay", "No hay stock")]),
        (
            "the waiter was rude but tasty food",
            [("atencion", "waiter", "the waiter was rude"), ("sabor", "tasty", "tasty food")],
        ),
        ("Un helado de lúcuma", []),
        ("Buenas tardes, vendo chompas", []),
        ("", []),
        ("...!!", []),
    ],
)
def test_finds_aspects_with_the_clause_that_judges_them(text, expected):
    assert named(text) == expected


def test_terms_keep_the_writers_spelling():
    assert [mention.term for mention in mentions("la atensión y el delibery")] == ["atensión", "delibery"]


def test_each_aspect_once_per_clause():
    assert [m.aspect for m in mentions("rico, sabroso, delicioso")] == [Aspect.SABOR]


def test_every_aspect_has_words_and_none_is_claimed_twice():
    words = lexicon()
    owners = set(words.words.values()) | set(words.stems.values())
    assert owners == set(Aspect)
    clashes = {
        word for word, aspect in words.words.items() for stem, other in words.stems.items()
        if word.startswith(stem) and aspect is not other
    }  # fmt: skip
    assert clashes == set()


def test_time_grows_with_the_text_only():
    text = "el precio y la entrega y el sabor, " * 143
    assert len(mentions(text)) > 100
