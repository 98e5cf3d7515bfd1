import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_sentiment.model import Answers, Tokens
from pulso_sentiment.model.windows import combine, split


@given(st.integers(0, 300), st.integers(1, 40), st.integers(1, 10))
def test_windows_hold_each_piece_once_in_order_and_are_equally_long(pieces, room, most):
    text = list(range(pieces))
    windows, truncated = split(text, room, most)
    kept = [piece for window in windows for piece in window]
    lengths = [len(window) for window in windows]
    assert kept == text[: room * most]
    assert truncated == (pieces > room * most)
    assert max(lengths, default=0) <= room
    assert max(lengths, default=0) - min(lengths, default=0) <= 1
    assert len(windows) == -(-len(kept) // room)


def answers(*rows):
    return Answers(np.array(rows, np.float32))


def test_long_windows_weigh_more():
    whole = combine(answers([4.0, 0.0, 0.0], [0.0, 0.0, 8.0]), [Tokens([1] * 30), Tokens([1] * 10)])
    assert whole.sentiment.tolist() == [[3.0, 0.0, 2.0]]
    assert whole.emotion is whole.embedding is None


def test_emotion_and_embedding_are_combined_alike():
    given_answers = Answers(
        np.zeros((2, 3), np.float32), np.eye(2, 7, dtype=np.float32), np.array([[2.0], [4.0]], np.float32)
    )
    whole = combine(given_answers, [Tokens([1]), Tokens([1])])
    assert whole.emotion is not None
    assert whole.embedding is not None
    assert whole.emotion[0, :2].tolist() == [0.5, 0.5]
    assert whole.embedding.tolist() == [[3.0]]


def test_one_window_is_the_text():
    alone = answers([0.1, 0.2, 0.7])
    assert combine(alone, [Tokens([1, 2])]) is alone


@pytest.mark.parametrize("pieces", [1, 254, 255])
def test_as_few_windows_as_possible(pieces):
    windows, _ = split(range(pieces), 254, 8)
    assert len(windows) == (1 if pieces <= 254 else 2)
