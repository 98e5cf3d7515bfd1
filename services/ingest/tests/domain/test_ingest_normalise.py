import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_ingest.domain.normalise import normalise

FAMILY = "👨\u200d👩\u200d👧"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("cafe\u0301", "café"),
        ("Pollo &amp; papas", "Pollo & papas"),
        ("Pollo &amp;amp; papas", "Pollo & papas"),
        ("&iquest;Qu&eacute; tal?", "¿Qué tal?"),
        ("&lt;b&gt;rico&lt;/b&gt;", "rico"),
        ("&#241;and&#xFA;", "ñandú"),
        ("mira ?a=1&copy=2", "mira ?a=1&copy=2"),
        ("Muy<b>rico</b>", "Muyrico"),
        ("<p>Hola</p><p>mundo</p>", "Hola\nmundo"),
        ("uno<br/>dos<BR>tres", "uno\ndos\ntres"),
        ('<a href="https://x.pe" onclick="robar()">aquí</a>', "aquí"),
        ("a <script>alert('x')</script> b", "a b"),
        ("a <!-- nota --> b", "a b"),
        ("te <3 mucho", "te <3 mucho"),
        ("menos de <20 y más de >10", "menos de <20 y más de >10"),
        ("<S/ 15> de delivery", "<S/ 15> de delivery"),
        ("a\x00b", "a b"),
        ("a\x07b\x9fc", "a b c"),
        ("hola\u200bmundo\ufeff", "holamundo"),
        ("\u202eoñer\u202c", "oñer"),
        ("x\u200dy", "xy"),
        ("z\ufe0f", "z"),
        ("hola\U000e0068\U000e0069", "hola"),
        ("\u3164\u200b", ""),
        ("  a \t b \n\n\n c\u2028d  ", "a b\nc\nd"),
        ("a\u00a0b", "a b"),
        ("𝓫𝓾𝓮𝓷𝓸", "bueno"),
        ("９８７", "987"),
        ("٣", "3"),
        ("1 ½ 10²", "1 ½ 10²"),
    ],
)
def test_a_text_has_one_spelling(written, kept):
    assert normalise(written) == kept


@pytest.mark.parametrize("emoji", [FAMILY, "❤️", "1️⃣", ENGLAND, "👍🏽", "🏳️\u200d🌈", "😋😋"])
def test_emojis_stay_whole(emoji):
    assert normalise(f"rico {emoji}!") == f"rico {emoji}!"


@given(st.text(max_size=300))
def test_any_text_is_clean_and_stays_so(text):
    once = normalise(text)
    assert normalise(once) == once
    assert once == unicodedata.normalize("NFC", once).strip()
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in once if character != "\n")


@given(st.text(alphabet="<>/&;#x3a mpltgbrscip!-\u200d\ufe0f❤\n ", max_size=80))
def test_any_markup_is_clean_and_stays_so(text):
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    "hostile",
    [
        "<!--" * 1250,
        "<script>" * 625,
        "&" * 5000,
        "<a " * 1666,
        "&amp;" + "amp;" * 1248,
        "a\u0301\u0316" * 1666,
    ],
)
@pytest.mark.timeout(30)  # these take 1 to 30 ms; a pattern that backtracks would take hours
def test_hostile_texts_do_not_hang(hostile):
    normalise(hostile)
