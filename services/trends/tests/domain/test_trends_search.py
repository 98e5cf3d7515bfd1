"""Folding and cursors."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_trends.domain.cursor import Cursor, decode
from pulso_trends.domain.folding import fold
from pulso_trends.domain.lima import EPOCH
from pulso_trends.errors import InvalidQuery


@given(st.text())
def test_folding_leaves_words_that_like_takes_literally(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert not set(folded) & set("%_\\")
    assert folded == " ".join(folded.split())


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("¡Qué RICO!", "que rico"),
        ("Ñoño", "nono"),
        ("ﬁn__de 100%", "fin de 100"),
        ("٣ 三", "٣ 三"),
        ("🌶️", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**63 - 1))
def test_a_cursor_survives_its_encoding(moment, seq):
    assert decode(Cursor(moment, seq).encode()) == (moment, seq)


@given(st.text(max_size=40).filter(lambda text: len(text) != len(Cursor(EPOCH, 0).encode())))
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(InvalidQuery, match="cursor"):
        decode(text)


def test_a_cursor_beyond_the_calendar_or_spelt_in_another_way_is_refused():
    assert decode("A" * 22) == (EPOCH, 0)
    for other in ("f" * 21 + "w", "A" * 21 + "B", "A" * 22 + "==", "A" * 21 + "/"):
        with pytest.raises(InvalidQuery, match="cursor"):
            decode(other)
