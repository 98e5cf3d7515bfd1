"""Folding and cursors."""

from contextlib import suppress
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_trends.domain.cursor import ConceptCursor, ItemCursor, LookCursor
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


MOMENTS = st.datetimes(timezones=st.just(UTC))
CURSORS = st.one_of(
    st.builds(ItemCursor, MOMENTS, st.integers(0, 2**63 - 1)),
    st.builds(LookCursor, MOMENTS, st.integers(1, 2**31 - 1)),
    st.builds(ConceptCursor, st.from_regex("[a-z][a-z0-9_]{1,79}", fullmatch=True)),
)


@given(CURSORS)
def test_a_cursor_survives_its_encoding_and_is_of_no_use_to_another_list(cursor):
    told = cursor.encode()
    assert len(told) <= 128
    for kind in (ItemCursor, LookCursor, ConceptCursor):
        if kind is type(cursor):
            assert kind.decode(told) == cursor
        else:
            with pytest.raises(InvalidQuery, match="cursor"):
                kind.decode(told)


@given(st.text(max_size=40))
def test_what_is_no_cursor_is_refused(text):
    for kind in (ItemCursor, LookCursor, ConceptCursor):
        with suppress(InvalidQuery):
            assert kind.decode(text).encode() == text


def test_a_cursor_beyond_the_calendar_or_spelt_in_another_way_is_refused():
    zero = ItemCursor(EPOCH, 0).encode()
    assert ItemCursor.decode(zero) == (EPOCH, 0)
    beyond = LookCursor(EPOCH, 1)._replace(told=2**40).encode()
    others = (
        zero[:2] + "f" * 20 + "w",
        zero[:-1] + "B",
        zero + "=",
        zero[:-1] + "/",
        zero[:-1],
        zero + "A",
        "",
    )
    for other in (*others, beyond, LookCursor(EPOCH, 0).encode()):
        for kind in (ItemCursor, LookCursor):
            with pytest.raises(InvalidQuery, match="cursor"):
                kind.decode(other)
