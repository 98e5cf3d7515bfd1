"""Any sequence-classification model of transformers, local or from a hub, on torch; on a GPU in bfloat16."""

import hashlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedTokenizerBase

from pulso_sentiment.model.base import Answers, Array, ModelError, Tokenised, Tokens
from pulso_sentiment.model.calibration import softmax
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.model.checksums import digest
from pulso_sentiment.model.known_texts import KnownTexts
from pulso_sentiment.model.labels import label_matrix
from pulso_sentiment.model.preprocess import preprocess
from pulso_sentiment.model.threads import cpu_limit
from pulso_sentiment.model.usual_weights import UsualWeights
from pulso_sentiment.model.windows import split
from pulso_sentiment.model.word_vectors import mean_vectors

_LONGEST = 512
_LEAST_PROBABILITY = 1e-9
"""A class that the model does not know has none at all, and no logarithm."""
_PEAK_EDGE = 1_536
_PEAK_RUNS = 8
_WARMUP_TEXT = "Todo llegó a tiempo y estuvo rico."


class TorchModel:
    """A transformers model whose labels mean negative, neutral, positive; code from the hub is never run."""

    known_texts: KnownTexts | None = None
    usual_weights: UsualWeights | None = None
    devices = 1

    def __init__(self, name: str) -> None:
        """Load `name`, a folder or a hub id.

        Raises:
            ModelError: when it cannot be loaded or its labels mean something else.
        """
        torch.set_num_threads(cpu_limit())
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            network = AutoModelForSequenceClassification.from_pretrained(name).eval()
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"the model {name} cannot be loaded by transformers: {type(error).__name__}"
            ) from error
        self._tokenising = threading.Lock()  # transformers sets its tokenisers up anew in each call
        self._place = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._network = network.to(self._place, torch.bfloat16 if self._place.type == "cuda" else None)
        self._frame = _frame(self._tokenizer)
        config = self._network.config
        linear = (part for part in self._network.modules() if isinstance(part, torch.nn.Linear))
        self._by_token = 2.0 * sum(part.weight.numel() for part in linear)
        self._by_pair = 4.0 * getattr(config, "num_hidden_layers", 0) * getattr(config, "hidden_size", 0)
        self._matrix = label_matrix({int(index): label for index, label in config.id2label.items()})
        positions = getattr(config, "max_position_embeddings", _LONGEST)
        self.card = ModelCard(
            name=name,
            version=_version(name, getattr(config, "_commit_hash", None)),
            runtime="torch",
            precision=str(self._network.dtype).removeprefix("torch."),
            max_tokens=min(self._tokenizer.model_max_length, positions, _LONGEST),
        )

    def tokenise(self, texts: Sequence[str]) -> list[Tokenised]:
        """Clean and tokenise."""
        return [self._tokenised(pieces) for pieces in self._pieces(texts)]

    def forward(self, batch: Sequence[Tokens]) -> Answers:
        """Return the logarithms of the three classes' probabilities as logits."""
        inputs = self._tokenizer.pad({"input_ids": [tokens.ids for tokens in batch]}, return_tensors="pt")
        with torch.inference_mode():
            logits = self._network(**inputs.to(self._place)).logits.float().cpu().numpy()
        probabilities = softmax(np.asarray(logits, np.float32)) @ self._matrix
        return Answers(np.log(np.maximum(probabilities, np.float32(_LEAST_PROBABILITY))))

    def embed(self, texts: Sequence[str]) -> Array:
        """Return the means of the input embeddings of the pieces; unknown ones say nothing."""
        unknown = self._tokenizer.unk_token_id
        told = [[piece for piece in pieces if piece != unknown] for pieces in self._pieces(texts)]
        table = self._network.get_input_embeddings().weight.detach()
        return mean_vectors(
            told, lambda pieces: table[torch.from_numpy(pieces).to(self._place)].float().cpu().numpy()
        )

    def operations(self, tokens: int) -> float:
        """Count the products of all linear layers, the head's too, and those of attention."""
        return self._by_token * tokens + self._by_pair * tokens**2

    def peak_operations(self) -> float | None:
        """Measure products of square matrices in the network's precision; some tenths of a second."""
        matrix = torch.randn(_PEAK_EDGE, _PEAK_EDGE).to(self._place, self._network.dtype)
        return max(self._product_rate(matrix) for _ in range(_PEAK_RUNS))

    def _product_rate(self, matrix: torch.Tensor) -> float:
        started = time.monotonic()
        product = matrix @ matrix
        float(product[0, 0])  # waits for a GPU
        return 2 * _PEAK_EDGE**3 / (time.monotonic() - started)

    def warmup(self) -> None:
        """Run one short text."""
        self.forward(self.tokenise([_WARMUP_TEXT])[0].windows)

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        cleaned = [preprocess(text) for text in texts]
        with self._tokenising:
            encoded: list[list[int]] = self._tokenizer(cleaned, add_special_tokens=False, verbose=False)[
                "input_ids"
            ]
        return encoded

    def _tokenised(self, pieces: Sequence[int]) -> Tokenised:
        before, after = self._frame
        windows, truncated = split(
            pieces, self.card.max_tokens - len(before) - len(after), self.card.max_windows
        )
        unknown = sum(piece == self._tokenizer.unk_token_id for piece in pieces)
        framed = [Tokens([*before, *window, *after]) for window in windows]
        return Tokenised(framed, truncated, unknown / len(pieces) if pieces else 0.0)


def _frame(tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
    """The special pieces before and after a text."""
    encoded = tokenizer(_WARMUP_TEXT, return_special_tokens_mask=True)
    ids, special = encoded["input_ids"], encoded["special_tokens_mask"]
    first = special.index(0)
    last = len(special) - special[::-1].index(0)
    return ids[:first], ids[last:]


def _version(name: str, commit: str | None) -> str:
    """The model's last name with the hub's commit, or with the digest of local weights."""
    folder = Path(name)
    weights = sorted([*folder.glob("*.safetensors"), *folder.glob("*.bin")])
    content = commit or hashlib.sha256("".join(map(digest, weights)).encode()).hexdigest()
    return f"{folder.name}-{content[:8]}"
