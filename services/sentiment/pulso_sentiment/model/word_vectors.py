"""What words mean apart from any text: the means of the input embeddings of their pieces.

The upper layers of a model that was trained for sentiment put words together by how they are meant, not by
what they name: means of the last layer find a word's group less often than its bare input embeddings do
(docs/adr/0016-topics-by-the-words-of-the-model.md).
"""

import os
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pulso_sentiment.model.base import Array

_TYPES: Final[dict[str, DTypeLike]] = {"f16": np.float16, "f32": np.float32}
_TABLE: Final = "word_embeddings"
"""In the name of the constant, as transformers calls it."""

Rows = Callable[[NDArray[np.int64]], Array]
"""Returns the rows [n, width] of n pieces."""


class VectorTable:
    """The input embeddings [pieces, width] in the file of an exported network.

    Rows are read from the file when they are asked for, which is once a week: in memory the whole table would
    be a tenth of the service.
    """

    def __init__(self, weights: Path, *, dtype: DTypeLike, shape: tuple[int, int], offset: int) -> None:
        """Open the file; it stays open, so that a folder replaced meanwhile changes nothing.

        Raises:
            OSError: when it cannot be opened.
        """
        self._file = os.open(weights, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)
        self._dtype = np.dtype(dtype)
        self._width = shape[1]
        self._offset = offset

    def rows(self, pieces: NDArray[np.int64]) -> Array:
        """Return the rows of `pieces`; threads may read beside each other."""
        size = self._width * self._dtype.itemsize
        read = b"".join(os.pread(self._file, size, self._offset + size * int(n)) for n in pieces)
        return np.frombuffer(read, self._dtype).reshape(-1, self._width).astype(np.float32)


def read_vector_table(folder: Path) -> VectorTable | None:
    """Find the table of the network in `folder`; None where its weights are neither f16 nor f32.

    Raises:
        OSError: when a file is absent.
    """
    for _, layer in ET.iterparse(folder / "model.xml"):  # noqa: S314 - its checksum was verified
        if layer.tag == "layer" and layer.get("type") == "Const" and _TABLE in layer.get("name", ""):
            data = layer.find("data")
            told = {} if data is None else data.attrib
            shape = tuple(int(each) for each in told.get("shape", "").split(",") if each.strip())
            dtype = _TYPES.get(told.get("element_type", ""))
            if len(shape) == 2 and dtype is not None:
                offset = int(told["offset"])
                return VectorTable(folder / "model.bin", dtype=dtype, shape=shape, offset=offset)
    return None


def mean_vectors(texts: Sequence[Sequence[int]], rows: Rows) -> Array:
    """Return the mean of the rows of each text's pieces [texts, width]; zeros for a text without pieces."""
    lengths = np.array([len(pieces) for pieces in texts])
    together = np.array([piece for pieces in texts for piece in pieces] or [0], np.int64)
    distinct, places = np.unique(together, return_inverse=True)
    table = rows(distinct)
    means = np.zeros((len(texts), table.shape[1]), np.float32)
    np.add.at(means, np.repeat(np.arange(len(texts)), lengths), table[places[: lengths.sum()]])
    means /= np.maximum(lengths, 1)[:, None]
    return means
