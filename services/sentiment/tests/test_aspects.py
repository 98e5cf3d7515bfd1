import pytest
from pulso_contracts.scoring import Aspect
from pulso_sentiment.domain.aspects import mentions
from pulso_sentiment.domain.leaning import Lean


def named(text):
    return [(mention.aspect.value, mention.term, mention.clause) for mention in mentions(text)]


def leans(text):
    return {mention.aspect.value: mention.lean for mention in mentions(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Llegó heladazo pero rico",
            [("temperatura", "heladazo", "Llegó heladazo"), ("sabor", "rico", "rico")],
        ),
        (
            "El ceviche estuvo bacán, aunque llegó tarde.",
            [
                ("sabor", "ceviche estuvo bacán", "El ceviche estuvo bacán"),
                ("entrega", "llegó tarde", "llegó tarde"),
            ],
        ),
        (
            "La comida rica, el servicio pésimo y carísimo",
            [
                ("sabor", "comida", "La comida rica"),
                ("atencion", "servicio pésimo", "el servicio pésimo"),
                ("precio", "carísimo", "carísimo"),
            ],
        ),
        ("¡LA PORCIÓN, MISERABLE!", [("tamano", "PORCIÓN", "LA PORCIÓN, MISERABLE")]),
        (
            "La app se cuelga. No aceptan Yape.",
            [("aplicacion", "app", "La app se cuelga"), ("pago", "No aceptan Yape", "No aceptan Yape")],
        ),
        ("No hay stock", [("disponibilidad", "No hay", "No hay stock")]),
        (
            "the waiter was rude but tasty food",
            [("atencion", "waiter", "the waiter was rude"), ("sabor", "tasty", "tasty food")],
        ),
        ("Precio: el mejor de la zona", [("precio", "Precio", "Precio: el mejor de la zona")]),
        (
            "Llegó rápido lo malo vino frío",
            [("entrega", "rápido", "Llegó rápido"), ("temperatura", "frío", "lo malo vino frío")],
        ),
        ("Sale 49.90 soles", [("precio", "Sale 49.90", "Sale 49.90 soles")]),
        ("Un helado de lúcuma", []),
        ("Buenas tardes, vendo chompas", []),
        ("Con este frío provoca quedarse en cama", []),
        ("", []),
        ("...!!", []),
    ],
)
def test_finds_aspects_with_the_clause_that_judges_them(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "aspect", "lean"),
    [
        ("llegó a las dos horas", "entrega", Lean.BLAME),
        ("llegó en 15 minutos", "entrega", Lean.PRAISE),
        ("llegó en quince minutos", "entrega", Lean.PRAISE),
        ("tardó 20 minutos", "entrega", Lean.BLAME),
        ("me cobraron dos veces", "pago", Lean.BLAME),
        ("no tenían vuelto", "pago", Lean.BLAME),
        ("vino aplastado", "empaque", Lean.BLAME),
        ("lo mandaron sin ají", "disponibilidad", Lean.BLAME),
        ("sali con hambre", "tamano", Lean.BLAME),
        ("el lomo saltado buenazo", "sabor", Lean.PRAISE),
        ("pagué con yape", "pago", Lean.NONE),
        ("la atención normal", "atencion", Lean.EVEN),
        ("el empaque horrible", "empaque", Lean.BLAME),
        ("RIQUÍSIMOOOO", "sabor", Lean.PRAISE),
    ],
)
def test_facts_and_words_lean_by_themselves(text, aspect, lean):
    assert leans(text).get(aspect, Lean.NONE) is lean


@pytest.mark.parametrize(
    ("plain", "negated", "aspect"),
    [
        ("demoró", "no demoró nada", "entrega"),
        ("está caro", "nada caro", "precio"),
        ("rico", "no estuvo rico", "sabor"),
        ("barato", "ni barato", "precio"),
        ("amables", "no son amables", "atencion"),
    ],
)
def test_a_negation_turns_a_lean_round(plain, negated, aspect):
    assert leans(negated)[aspect] is leans(plain)[aspect].turned() is not Lean.NONE


@pytest.mark.parametrize("text", ["no regreso, carísimo", "no volvería porque es carísimo"])
def test_a_negation_reaches_no_further_than_what_it_denies(text):
    assert leans(text)["precio"] is Lean.BLAME


@pytest.mark.parametrize(
    ("text", "lean"),
    [
        ("la cerveza heladaza", Lean.PRAISE),
        ("el caldo llegó heladazo", Lean.BLAME),
        ("la sopa bien caliente", Lean.PRAISE),
        ("la gaseosa caliente", Lean.BLAME),
        ("la chela tibia", Lean.BLAME),
    ],
)
def test_what_is_cold_is_good_only_in_a_drink(text, lean):
    assert leans(text)["temperatura"] is lean


def test_what_joins_two_aspects_is_said_of_both():
    (taste, service) = mentions("Muy buena la sazón y la atención")
    assert taste.clause == service.clause == "Muy buena la sazón y la atención"
    assert taste.lean is service.lean is Lean.PRAISE


def test_opposite_words_about_one_aspect_leave_the_model_alone():
    assert leans("ni lento ni rápido")["entrega"] is Lean.BOTH


def test_a_word_in_passing_names_nothing_beside_a_sure_one():
    assert set(leans("la comida llegó fría")) == {"temperatura"}


def test_terms_keep_the_writers_spelling():
    assert [mention.term for mention in mentions("la atensión y el delibery")] == ["atensión", "delibery"]


def test_each_aspect_once_per_clause():
    assert [m.aspect for m in mentions("rico, sabroso, delicioso")] == [Aspect.SABOR]
