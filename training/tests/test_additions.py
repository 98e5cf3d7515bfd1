"""Pieces that the published vocabulary lacks."""

import json

import numpy as np
import pytest
from pulso_training.base.additions import Addition, add, emoji_additions, word_additions
from tokenizers import Tokenizer


@pytest.fixture
def tokenizer(specification) -> Tokenizer:
    return Tokenizer.from_str(json.dumps(specification))


@pytest.fixture
def scores(specification):
    return {i: score for i, (_, score) in enumerate(specification["model"]["vocab"])}


def extended(specification, additions):
    pieces = len(specification["model"]["vocab"])
    embedding = np.arange(pieces * 2, dtype=np.float32).reshape(pieces, 2)
    return add(specification, embedding, additions), embedding


def test_a_word_of_many_pieces_becomes_one_and_starts_as_their_mean(tokenizer, scores, specification):
    before = tokenizer.encode("sumaq", add_special_tokens=False).ids
    assert len(before) > 2
    (made, rows), embedding = extended(specification, word_additions(tokenizer, scores, ["sumaq", "rico"]))
    after = Tokenizer.from_str(json.dumps(made)).encode("muy sumaq rico", add_special_tokens=False)
    assert after.tokens == ["▁muy", "▁sumaq", "▁rico"]
    np.testing.assert_allclose(rows[after.ids[1]], embedding[before].mean(axis=0))
    assert len(rows) == len(made["model"]["vocab"])


def test_known_pieces_keep_their_ids(tokenizer, scores, specification):
    (made, _), _ = extended(specification, word_additions(tokenizer, scores, ["sumaq"]))
    text = "muy rico todo la comida"
    assert Tokenizer.from_str(json.dumps(made)).encode(text).ids == tokenizer.encode(text).ids


def test_a_word_is_added_once(tokenizer, scores):
    assert len(word_additions(tokenizer, scores, ["sumaq", "sumaq"])) == 1


def test_an_emoji_starts_as_its_spanish_name(tokenizer):
    found = {addition.piece: addition for addition in emoji_additions(tokenizer, -9.0)}
    name = tokenizer.encode("cara de payaso", add_special_tokens=False).ids
    assert found["🤡"] == Addition("🤡", -9.0, tuple(name))
    assert all(len(piece) == 1 and addition.parts for piece, addition in found.items())
