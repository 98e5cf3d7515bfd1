import re
import sys
import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_contracts.scoring import Aspect
from pulso_sentiment.domain.aspects import mentions
from pulso_sentiment.domain.lexicon import Entry, Lexicon, Sense, lexicon

TASTE = Entry(Aspect.SABOR, Sense.PRAISES)
PRICE = Entry(Aspect.PRECIO, Sense.NAMES)
HIDDEN = Entry(None, Sense.NAMES)


def found(built, text):
    hits = built.hits([built.symbols(word) for word in text.split()])
    return [(hit.entry, hit.words) for hit in hits]


def lexicon_of(**phrases):
    built = Lexicon()
    built.add_list(",", (",",))
    for phrase, entry in phrases.items():
        built.add(phrase.replace("_", " ").split(), entry)
    return built


@pytest.mark.parametrize("word", ["rico", "ricas", "riquito", "ricazo", "riquisimas"])
def test_an_adjective_stands_for_all_its_endings_and_sizes(word):
    assert found(lexicon_of(**{"ric~": TASTE}), word) == [(TASTE, (0,))]


def test_words_have_plurals_and_stems_any_ending():
    built = lexicon_of(**{"precio": PRICE, "sabor*": TASTE})
    assert found(built, "precios saboreando") == [(PRICE, (0,)), (TASTE, (1,))]
    assert found(built, "preciosa sabo") == []


def test_the_longest_phrase_counts_and_may_hide_its_words():
    built = lexicon_of(rico=TASTE, ni_rico_ni=HIDDEN)
    assert found(built, "ni rico ni caro") == []
    assert found(built, "rico") == [(TASTE, (0,))]


def test_a_gap_holds_two_words_and_no_comma():
    built = lexicon_of(**{"llego ... tarde": TASTE})
    assert found(built, "llego el pedido tarde") == [(TASTE, (0, 3))]
    assert found(built, "llego el pedido muy tarde") == []
    assert found(built, "llego , tarde") == []


def test_what_stands_in_a_gap_is_found_too():
    built = lexicon_of(**{"llego ... tarde": TASTE, "precio": PRICE})
    assert found(built, "llego precio tarde") == [(TASTE, (0, 2)), (PRICE, (1,))]


def test_a_phrase_has_one_meaning():
    built = lexicon_of(rico=TASTE)
    with pytest.raises(ValueError, match="two meanings"):
        built.add(["rico"], PRICE)


def test_the_dictionary_is_folded_and_names_every_aspect():
    content = tomllib.loads(
        resources.files("pulso_sentiment.domain").joinpath("aspects.toml").read_text("utf-8")
    )
    lists = content.pop("listas")
    assert set(content) == {*Aspect, "todo", "nada"}
    entries = [entry for senses in content.values() for each in senses.values() for entry in each]
    words = [part for entry in entries for part in re.split(r"[ |]", entry)]
    assert {word[1:-1] for word in words if word.startswith("<")} <= set(lists)
    allowed = re.compile(r"[a-z0-9']+[*~]?|<[a-z]+>|#|\.\.\.|,")
    assert [word for word in words if not allowed.fullmatch(word)] == []
    assert all(lexicon().hits([lexicon().symbols(word)]) for word in ("rico", "caro", "demora", "app"))


@pytest.mark.parametrize(
    "piece",
    [
        "sabor y precio y ",
        "no me nos ",
        "llego ",
        "rico, ",
        "la comida y ",
        " ",
        "a",
        "1",
        "aaaa ",
        ", y ",
        "sin ",
    ],
)
def test_work_grows_with_the_text_only(piece):
    mentions("rico")  # reads the dictionary
    assert steps_for((piece * 1_600)[:1_600]) <= 4.5 * steps_for((piece * 400)[:400])


def steps_for(text):
    """Counts the interpreter's steps, which no other load on the machine changes."""
    steps = 0

    def count(frame, event, _argument):
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        mentions(text)
    finally:
        sys.settrace(before)
    return steps


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for mention in mentions(text):
        assert mention.term in text
        assert mention.clause in text
