"""The default runtime: a model folder made by `pulso-train export`, on OpenVINO's CPU plugin."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import openvino
from tokenizers import Tokenizer

from pulso_sentiment.model.base import Answers, Array, ModelError, NoWordVectors, Tokenised, Tokens, join, pad
from pulso_sentiment.model.card import read_card
from pulso_sentiment.model.checksums import verify_sums
from pulso_sentiment.model.cpu import compile_options, cpu_flags
from pulso_sentiment.model.inference_lane import InferenceLane
from pulso_sentiment.model.int8 import OPTIONS as INT8_OPTIONS
from pulso_sentiment.model.int8 import gains
from pulso_sentiment.model.known_texts import read_known_texts
from pulso_sentiment.model.mapped_file import release_pages
from pulso_sentiment.model.operations import cost_of, peak_operations
from pulso_sentiment.model.preprocess import preprocess
from pulso_sentiment.model.quantisation import compress
from pulso_sentiment.model.shapes import grid_length
from pulso_sentiment.model.threads import cpu_limit
from pulso_sentiment.model.usual_weights import read_usual_weights
from pulso_sentiment.model.windows import split
from pulso_sentiment.model.word_vectors import mean_vectors, read_vector_table

_MOST_DEVICES = 8
"""Each holds its own activations; on larger machines the cores are shared out among so many."""
_WARMUP_SHAPES = ((1, 16), (32, 24))
_SPACE = "\u2581"
"""The space before a word whose first letters have a piece of their own; it says nothing itself."""


class OpenVinoModel:
    """A compiled network and its tokeniser, with an inference request per device.

    A device is one core: two batches on a core each are done 1.2 to 1.3 times as fast as one after the other
    on both, because a layer is too small to be shared well (docs/adr/0013-scoring-close-to-the-limit.md).
    """

    def __init__(self, folder: Path, *, int8: bool = False) -> None:
        """Load and compile the model of `folder`, about a second; `int8` asks for int8 where it is faster.

        Raises:
            ModelError: when files are absent, changed, or made for another version of the code.
        """
        try:
            verify_sums(folder)
            self.card = read_card(folder)
            self.known_texts = read_known_texts(folder)
            self._word_vectors = read_vector_table(folder)
            self.usual_weights = read_usual_weights(folder) if self._word_vectors else None
            flags = cpu_flags()
            execution = compile_options(self.card.precision, flags)
        except (OSError, ValueError) as error:
            raise ModelError(str(error)) from error
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._start, self._end, self._unknown = (self._piece(name) for name in ("<s>", "</s>", "<unk>"))
        self._space = self._tokenizer.token_to_id(_SPACE)
        threads = cpu_limit()
        self.devices = min(threads, _MOST_DEVICES)
        self._options = execution | {"NUM_STREAMS": self.devices, "INFERENCE_NUM_THREADS": threads}
        core = openvino.Core()
        network = core.read_model(folder / "model.xml")
        self._cost = cost_of(network)
        self._weights = folder / "model.bin"
        self._shapes: set[tuple[int, ...]] = set()
        in_int8 = int8 and gains(flags)
        if in_int8:
            self._options |= INT8_OPTIONS
            self.card = self.card.model_copy(update={"precision": "int8"})
        if self._options["INFERENCE_PRECISION_HINT"] == "f32":
            compress(network, rounding=in_int8)
        compiled = core.compile_model(network, "CPU", self._options)
        self._lanes: SimpleQueue[InferenceLane] = SimpleQueue()
        for _ in range(self.devices):
            self._lanes.put(InferenceLane(compiled))

    def tokenise(self, texts: Sequence[str]) -> list[Tokenised]:
        """Clean and tokenise; a text of unknown pieces only has no windows."""
        return [self._tokenised(pieces) for pieces in self._pieces(texts)]

    def forward(self, batch: Sequence[Tokens]) -> Answers:
        """Read windows; a model without emotions or embedding leaves them out.

        Windows of different grid lengths are read apart, so that an answer is the same to the bit whatever
        shares its batch (docs/adr/0007-one-text-one-answer.md).
        """
        lengths = [grid_length(len(tokens.ids)) for tokens in batch]
        order = sorted(range(len(batch)), key=lengths.__getitem__)
        alike = (list(group) for _, group in groupby(order, key=lengths.__getitem__))
        read = join([self._read([batch[i] for i in group]) for group in alike])
        places = np.argsort(order)
        return read.each(lambda part: part[places])

    def _read(self, batch: Sequence[Tokens]) -> Answers:
        ids, mask = pad(batch, self.card.pad_id)
        lane = self._lanes.get()
        try:
            read = lane.infer(ids, mask)
        finally:
            self._lanes.put(lane)
        if ids.shape not in self._shapes:
            # OpenVINO has read the matrices again, for the kernels of this shape.
            self._shapes.add(ids.shape)
            release_pages(self._weights)
        return read.each(lambda part: part[: len(batch)])

    def embed(self, texts: Sequence[str]) -> Array:
        """Return the means of the input embeddings of the pieces; unknown ones and bare spaces say nothing.

        Raises:
            NoWordVectors: The table of the model is in a form that is not known.
        """
        if self._word_vectors is None:
            raise NoWordVectors
        silent = {self._space, self._unknown}
        told = [[piece for piece in pieces if piece not in silent] for pieces in self._pieces(texts)]
        return mean_vectors(told, self._word_vectors.rows)

    def operations(self, tokens: int) -> float:
        """Count the products of the layers and of attention (docs/adr/0013-scoring-close-to-the-limit.md)."""
        return self._cost.operations(tokens)

    def peak_operations(self) -> float | None:
        """Measure as many multiplications in a row as a core's cache holds; a tenth of a second."""
        return peak_operations(self._options, int8=self.card.precision == "int8")

    def warmup(self) -> None:
        """Run the shapes of one short text and of a full batch."""
        for texts, length in _WARMUP_SHAPES:
            self.forward([Tokens([self.card.pad_id] * length)] * texts)

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        cleaned = [preprocess(text) for text in texts]
        return [each.ids for each in self._tokenizer.encode_batch_fast(cleaned, add_special_tokens=False)]

    def _piece(self, name: str) -> int:
        number: int | None = self._tokenizer.token_to_id(name)
        if number is None:
            raise ModelError(f"the tokeniser of {self.card.name} lacks {name}")
        return number

    def _tokenised(self, pieces: Sequence[int]) -> Tokenised:
        words = [piece for piece in pieces if piece != self._space]
        unknown = words.count(self._unknown)
        if unknown == len(words):
            return Tokenised([])
        windows, truncated = split(pieces, self.card.max_tokens - 2, self.card.max_windows)
        framed = [Tokens([self._start, *window, self._end]) for window in windows]
        return Tokenised(framed, truncated, unknown / len(words))
