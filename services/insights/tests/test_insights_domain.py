"""The pure part: when a movement is one, how figures are written, what a model's draft must not hold."""

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulso_contracts.insights import BriefLanguage, Fact, InsightRequest, Unit
from pulso_contracts.scoring import Aspect
from pulso_insights.domain.digest import digest
from pulso_insights.domain.findings import Breakdown, Dimension, Example, Findings, Movement, Movements
from pulso_insights.domain.period import Period, period_of
from pulso_insights.domain.rendering import PLACEHOLDER, rendered, shown
from pulso_insights.domain.tally import Evidence, Group, Tally
from pulso_insights.domain.verification import DraftSection, Rejected, verify
from pulso_insights.writers.grounded import GroundedWriter, load_phrases
from pulso_insights.writers.prompt import task
from pulso_insights.writers.protocol import Material

ES, EN = BriefLanguage.SPANISH, BriefLanguage.ENGLISH
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("first", "last", "expected", "before"),
    [
        (None, None, ("2026-10-22", "2026-11-20"), ("2026-09-22", "2026-10-21")),
        ("2026-11-01", None, ("2026-11-01", "2026-11-20"), ("2026-10-12", "2026-10-31")),
        (None, "2026-10-31", ("2026-10-02", "2026-10-31"), ("2026-09-02", "2026-10-01")),
        ("2026-02-01", "2026-02-28", ("2026-02-01", "2026-02-28"), ("2026-01-04", "2026-01-31")),
        ("2026-12-24", None, ("2026-12-24", "2026-12-24"), ("2026-12-23", "2026-12-23")),
    ],
)
def test_periods(first, last, expected, before):
    days = [None if each is None else date.fromisoformat(each) for each in (first, last)]
    period = period_of(*days, today=TODAY)
    assert (period.first.isoformat(), period.last.isoformat()) == expected
    preceding = period.preceding()
    assert (preceding.first.isoformat(), preceding.last.isoformat()) == before


@pytest.mark.parametrize(
    ("now", "before", "moved"),
    [(130, 100, 0), (200, 100, 1), (100, 200, -1), (20, 0, 0), (40, 0, 1), (0, 0, 0)],
)
def test_volume(now, before, moved):
    assert Evidence(10).volume(now, before) == moved


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        ((50, 100), (20, 100), 1),
        ((20, 100), (50, 100), -1),
        ((24, 100), (20, 100), 0),
        ((29, 29), (0, 1000), 0),
        ((0, 100), (0, 100), 0),
        ((100, 100), (100, 100), 0),
    ],
)
def test_shares(first, second, differs):
    assert Evidence(10).share(*first, *second) == differs


def test_more_comparisons_ask_for_more_evidence():
    assert Evidence(1).share(34, 100, 20, 100) == 1
    assert Evidence(1000).share(34, 100, 20, 100) == 0


@pytest.mark.parametrize(
    ("value", "unit", "spanish", "english"),
    [
        (1, Unit.ITEMS, "1 comentario", "1 comment"),
        (1234567, Unit.ITEMS, "1,234,567 comentarios", "1,234,567 comments"),
        (1, Unit.OPINIONS, "1 opinión", "1 opinion"),
        (35.0, Unit.PERCENT, "35\N{NO-BREAK SPACE}%", "35%"),
        (-12.3, Unit.PERCENT, "−12.3\N{NO-BREAK SPACE}%", "−12.3%"),
        (4.2, Unit.POINTS, "4.2 puntos", "4.2 points"),
        (30, Unit.DAYS, "30 días", "30 days"),
        ("2026-09-01", Unit.DATE, "1 de setiembre de 2026", "1 September 2026"),
        ("0a1b", Unit.ITEM_ID, "0a1b", "0a1b"),
    ],
)
def test_figures_as_readers_see_them(value, unit, spanish, english):
    fact = Fact(id="F1", label="x", value=value, unit=unit, query="q")
    assert (shown(fact, ES), shown(fact, EN)) == (spanish, english)


def test_a_sentence_fills_values_sizes_and_subjects_in():
    fact = Fact(id="F1", label="x", subject="chicha 2L", value=-3, unit=Unit.PERCENT, query="q")
    sentence = rendered("{F1.subject} cambió {F1}, o sea {F1.size} menos.", {"F1": fact}, ES)
    assert sentence.text == "Chicha 2L cambió −3\N{NO-BREAK SPACE}%, o sea 3\N{NO-BREAK SPACE}% menos."
    assert sentence.facts == ["F1"]


FACTS = {
    "F1": Fact(id="F1", label="x", value=3, unit=Unit.ITEMS, query="q", subject="Lima"),
    "F2": Fact(id="F2", label="x", value="2026-01-01", unit=Unit.DATE, query="q"),
}


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Hubo {F1} y 3 más.", "figure"),
        ("Hubo {F1}, un ５ por ciento.", "figure"),
        ("Hubo {F1}, unos ² y Ⅳ.", "figure"),
        ("Hubo {F1}, el % de ayer.", "figure"),
        ("Hubo {F1}, unos treinta más.", "figure"),
        ("Hubo {F1}, un millón más.", "figure"),
        ("Hubo {F1}, la MITAD.", "figure"),
        ("There were {F1}, which doubled.", "figure"),
        ("Hubo {F1} y {F3}.", "unknown_fact"),
        ("Hubo {F2.subject}.", "unknown_fact"),
        ("Hubo {F2.size}.", "unknown_fact"),
        ("Hubo {F1.name}.", "figure"),
        ("Hubo {F01}.", "figure"),
        ("Hubo {F1} {x}.", "markup"),
        ("Hubo {F1} <b>.", "markup"),
        ("Hubo {F1} en www.example.com", "markup"),
        ("Hubo {F1} [aquí].", "markup"),
        ("Todo igual.", "no_facts"),
        ("   ", "size"),
        ("{F1}" + "x" * 500, "size"),
    ],
)
def test_drafts_that_are_not_let_through(sentence, reason):
    with pytest.raises(Rejected) as rejection:
        verify([DraftSection("Resumen", [sentence])], FACTS)
    assert rejection.value.reason == reason
    assert "Lima" not in str(rejection.value)


def test_a_heading_holds_no_placeholder_and_a_draft_has_bounds():
    good = DraftSection("Resumen", ["Hubo {F1} en {F1.subject} desde el {F2}."])
    verify([good], FACTS)
    for wrong in ([], [good] * 9, [DraftSection("{F1}", good.sentences)], [DraftSection("Resumen", [])]):
        with pytest.raises(Rejected):
            verify(wrong, FACTS)


def test_both_languages_say_the_same_things():
    spanish, english = load_phrases(ES), load_phrases(EN)
    assert spanish.headings.keys() == english.headings.keys()
    assert spanish.phrases.keys() == english.phrases.keys()
    slots = [
        {
            kind: {name for _, name, *_ in string.Formatter().parse(text) if name}
            for kind, text in said.items()
        }
        for said in (spanish.phrases, english.phrases)
    ]
    assert slots[0] == slots[1]


TALLIES = st.builds(Tally, *(st.integers(0, 2_000) for _ in range(3)))
GROUPS = {
    Dimension.REGION: ["Lima", "Cusco", "Loreto"],
    Dimension.PRODUCT: ["Chicha 1.5L", "{F1}", "<b>"],
    Dimension.ASPECT: list(Aspect),
}


MOVEMENT = st.builds(
    Movement,
    name=st.sampled_from(["picarones", "{F1}", "<b>"]),
    place=st.sampled_from(["Lima", "coast", "Perú"]),
    status=st.sampled_from(["rising", "falling", "new", "missing"]),
    days=st.sampled_from([3, 7, 28]),
    count=st.integers(0, 500),
    expected=st.floats(0, 500),
    query=st.just("/moves?concept=x"),
)
MOVEMENTS = st.builds(
    Movements, st.just(TODAY), st.just(0.05), st.lists(MOVEMENT, max_size=6), st.just("/moves")
)


@st.composite
def findings(draw):
    breakdowns = [
        Breakdown(
            dimension,
            sorted(
                (Group(key, draw(TALLIES), draw(TALLIES)) for key in keys), key=lambda group: -group.now.count
            ),
            f"/q?{dimension}",
            f"/before?{dimension}",
        )
        for dimension, keys in GROUPS.items()
    ]
    return Findings(
        period=Period(date(2026, 10, 1), date(2026, 10, 31)),
        period_is_open=draw(st.booleans()),
        whole=Group("all", draw(TALLIES), draw(TALLIES)),
        query="/q",
        query_before="/before",
        breakdowns=breakdowns,
        examples=[Example("a1", "/feedback/a1", "Say 99!", "negative")],
        movements=draw(st.none() | MOVEMENTS),
    )


@settings(max_examples=60, deadline=None)
@given(found=findings(), language=st.sampled_from(BriefLanguage), asked=st.booleans())
async def test_the_built_in_writer_passes_the_check_it_is_a_fallback_for(found, language, asked):
    made = digest(found, language, asked=asked)
    facts = {fact.id: fact for fact in made.facts}
    for fact in facts.values():
        assert set(fact.derived_from) <= facts.keys()
    material = Material(InsightRequest(language=language), found, made)
    for section in await GroundedWriter().write(material):
        for sentence in section.sentences:
            verify([DraftSection(section.heading, [sentence, "{F1}"])], facts)
            text = rendered(sentence, facts, language).text
            assert PLACEHOLDER.sub("", sentence) == sentence or text != sentence
    assert "Say 99!" in task(material)
