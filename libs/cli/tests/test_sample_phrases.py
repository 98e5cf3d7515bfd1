import re
from random import Random

import pytest
from pulso_cli.sample.catalogue import PRODUCTS, shares_in, things
from pulso_cli.sample.data_files import read_toml
from pulso_cli.sample.grammar import Noun, Phrase
from pulso_cli.sample.phrasebook import Polarity, foreign, pool_for
from pulso_cli.sample.typing_habits import slip
from pulso_cli.sample.voice import Voice, contract, link
from pulso_contracts.peru import BY_UBIGEO, DEPARTMENTS, resolve_department

BOOKS = ("delivery", "restaurants", "drinks", "snacks", "shops", "market", "english", "portuguese", "quechua")


def phrases_in(node: object) -> list[str]:
    if isinstance(node, dict):
        return [phrase for value in node.values() for phrase in phrases_in(value)]
    return [item for item in node if isinstance(item, str)] if isinstance(node, list) else []


def everything(pool) -> list[Phrase]:
    tables = [*pool.clauses.values(), pool.closing, pool.short, *([pool.stall] if pool.stall else [])]
    listed = [phrase for table in tables for group in table.values() for phrase in group]
    return [*listed, *pool.context, *pool.suggestion, *pool.question]


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_every_phrase_can_be_said_of_every_product_that_it_fits(product) -> None:
    for ubigeo in sorted(product.sold)[:3]:
        voice = Voice(Random(5), product, BY_UBIGEO[ubigeo])
        for phrase in everything(pool_for(product, hot=True)):
            first, second = voice.say((phrase,)), voice.say((phrase,))
            for text in (first, second):
                assert not re.search(r"[{}\[\]|]|  |^ | $", text), text
                assert not re.search(r"\b(?:de|a) el [a-z]", text), text


@pytest.mark.parametrize("language", ["en", "pt", "qu"])
@pytest.mark.parametrize("domain", ["delivery", "restaurants", "drinks", "snacks", "shops", "closing"])
def test_every_language_has_words_for_every_domain(language, domain) -> None:
    assert all(foreign(language, domain)[polarity] for polarity in Polarity)


def test_there_are_many_phrases_and_none_is_written_twice() -> None:
    for book in BOOKS:
        data = read_toml(f"phrases/{book}")
        for name, aspect in data.get("aspects", {}).items():
            listed = phrases_in(aspect)
            assert len(listed) == len(set(listed)), (book, name)
    assert sum(len(phrases_in(read_toml(f"phrases/{book}"))) for book in BOOKS) > 800


def test_clauses_can_be_linked() -> None:
    for book in BOOKS[:5]:
        for aspect in read_toml(f"phrases/{book}")["aspects"].values():
            for phrase in phrases_in(aspect):
                bare = re.sub(r"^#\w+ ", "", phrase)
                assert not bare.endswith((".", "!", "?", " ")), phrase
                assert bare[0] in "[{" or not bare[0].isupper() or bare.startswith(("POS", "QR")), phrase


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("m alfajor", "el alfajor está riquísimo"),
        ("f chicha", "la chicha está riquísima"),
        ("mp chifles", "los chifles están riquísimos"),
        ("fp tejas", "las tejas están riquísimas"),
    ],
)
def test_phrases_agree_with_their_noun(noun, said) -> None:
    found = Noun.parse(noun)
    parts = Phrase.parse("[{el} {cosa} ]{está|están} riquísim{o}").full[found.agreement]
    assert "".join(found.text if part == "cosa" else part for part in parts) == said


def test_a_phrase_can_leave_out_what_was_named() -> None:
    phrase = Phrase.parse("#dulce [{el} {cosa} ]no {empalaga|empalagan}")
    assert phrase.tag == "dulce"
    assert phrase.without_subject[0] == ("no empalaga",)
    assert phrase.names_thing


def test_clauses_are_linked_as_one_writes() -> None:
    assert link("no había pan", " y ", "hice cola") == "no había pan e hice cola"
    assert link("no había pan", " y ", "hierve la sopa") == "no había pan y hierve la sopa"
    assert link("no había pan", ". ", "hice cola") == "no había pan. Hice cola"


def test_articles_melt_and_names_keep_theirs() -> None:
    assert contract("fuimos a el recreo, cerca de el Café") == "fuimos al recreo, cerca del Café"
    assert contract("fuimos a El Rincón de Pancha") == "fuimos a El Rincón de Pancha"


def test_every_department_has_products_dishes_and_places() -> None:
    places = read_toml("places")
    for department in DEPARTMENTS:
        shares = shares_in(department)
        assert sum(shares.values()) == pytest.approx(1.0)
        assert all(things(product, department) for product in shares)
        assert resolve_department(places[department.ubigeo][0]) == department
        for place in places[department.ubigeo]:
            assert resolve_department(place) in (department, None), place


def test_nothing_cold_is_delivered() -> None:
    for product in (p for p in PRODUCTS if p.domain == "delivery"):
        for ubigeo in product.sold:
            assert not any(noun.cold for noun in things(product, BY_UBIGEO[ubigeo]))


def test_a_slip_changes_one_word_a_little() -> None:
    rng = Random(3)
    for _ in range(200):
        changed = slip(rng, "el ceviche estaba bacán")
        assert changed.startswith("el ")
        assert abs(len(changed) - len("el ceviche estaba bacán")) <= 1
    assert slip(rng, "y ya") == "y ya"
