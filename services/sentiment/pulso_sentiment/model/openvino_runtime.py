"""The default runtime: a model folder made by `pulso-train export`, on OpenVINO's CPU plugin."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openvino
from tokenizers import Tokenizer

from pulso_sentiment.model.base import Array, ModelError, Tokens, pad, softmax
from pulso_sentiment.model.card import read_card
from pulso_sentiment.model.checksums import verify_sums
from pulso_sentiment.model.preprocess import preprocess
from pulso_sentiment.model.threads import cpu_limit

_WARMUP_SHAPES = ((1, 16), (32, 24))
_SPECIALS = 2
_ELEMENT_TYPES = {"int8": openvino.Type.f32, "bf16": openvino.Type.bf16, "fp32": openvino.Type.f32}


class OpenVinoModel:
    """A compiled network and its tokeniser. One inference request: `forward` is for one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Load and compile the model of `folder`, about a second.

        Raises:
            ModelError: when files are absent, changed, or made for another version of the code.
        """
        try:
            verify_sums(folder)
            self.card = read_card(folder)
        except (OSError, ValueError) as error:
            raise ModelError(str(error)) from error
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(self.card.max_tokens)
        self._unknown = self._tokenizer.token_to_id("<unk>")
        options = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": cpu_limit(),
            "INFERENCE_PRECISION_HINT": _ELEMENT_TYPES[self.card.precision],
        }
        compiled = openvino.Core().compile_model(str(folder / "model.xml"), "CPU", options)
        self._request = compiled.create_infer_request()

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Clean and tokenise; a text of unknown pieces only is empty."""
        encodings = self._tokenizer.encode_batch_fast([preprocess(text) for text in texts])
        return [self._tokens(encoding.ids, truncated=bool(encoding.overflowing)) for encoding in encodings]

    def forward(self, batch: Sequence[Tokens]) -> Array:
        """Return probabilities [texts, 3]."""
        ids, mask = pad(batch, self.card.pad_id)
        outputs = self._request.infer({"input_ids": ids, "attention_mask": mask}, share_inputs=True)
        return softmax(np.array(outputs[0][: len(batch)], np.float32))

    def warmup(self) -> None:
        """Run the shapes of one short text and of a full batch."""
        for texts, length in _WARMUP_SHAPES:
            self.forward([Tokens([self.card.pad_id] * length)] * texts)

    def _tokens(self, ids: list[int], *, truncated: bool) -> Tokens:
        readable = len(ids) > _SPECIALS and any(token != self._unknown for token in ids[1:-1])
        return Tokens(ids if readable else [], truncated)
