"""Any sequence-classification model of transformers, from a local folder or a hub, on torch."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pulso_sentiment.model.base import Array, ModelError, Tokens, softmax
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.model.checksums import digest
from pulso_sentiment.model.labels import label_matrix
from pulso_sentiment.model.preprocess import preprocess
from pulso_sentiment.model.threads import cpu_limit

_LONGEST = 512
_WARMUP_TEXT = "Todo llegó a tiempo y estuvo rico."


class TorchModel:
    """A transformers model whose labels mean negative, neutral, positive; code from the hub is never run."""

    def __init__(self, name: str) -> None:
        """Load `name`, a folder or a hub id.

        Raises:
            ModelError: when it cannot be loaded or its labels mean something else.
        """
        torch.set_num_threads(cpu_limit())
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            self._network = AutoModelForSequenceClassification.from_pretrained(name).eval()
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"the model {name} cannot be loaded by transformers: {type(error).__name__}"
            ) from error
        config = self._network.config
        self._matrix = label_matrix({int(index): label for index, label in config.id2label.items()})
        positions = getattr(config, "max_position_embeddings", _LONGEST)
        self.card = ModelCard(
            name=name,
            version=_version(name, getattr(config, "_commit_hash", None)),
            runtime="torch",
            precision=str(self._network.dtype).removeprefix("torch."),
            max_tokens=min(self._tokenizer.model_max_length, positions, _LONGEST),
        )

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Clean and tokenise."""
        cleaned = [preprocess(text) for text in texts]
        longest = self.card.max_tokens
        encoded = self._tokenizer(cleaned, add_special_tokens=True, truncation=True, max_length=longest + 1)
        specials = self._tokenizer.num_special_tokens_to_add()
        return [
            Tokens([], truncated=False) if len(ids) <= specials else self._cut(ids)
            for ids in encoded["input_ids"]
        ]

    def forward(self, batch: Sequence[Tokens]) -> Array:
        """Return probabilities [texts, 3]."""
        inputs = self._tokenizer.pad({"input_ids": [tokens.ids for tokens in batch]}, return_tensors="pt")
        with torch.inference_mode():
            logits = self._network(**inputs).logits.float().numpy()
        probabilities: Array = softmax(np.asarray(logits, np.float32)) @ self._matrix
        return probabilities

    def warmup(self) -> None:
        """Run one short text."""
        self.forward(self.tokenise([_WARMUP_TEXT]))

    def _cut(self, ids: list[int]) -> Tokens:
        longest = self.card.max_tokens
        if len(ids) <= longest:
            return Tokens(ids)
        return Tokens([*ids[: longest - 1], ids[-1]], truncated=True)


def _version(name: str, commit: str | None) -> str:
    """The model's last name with the hub's commit, or with the digest of local weights."""
    folder = Path(name)
    weights = sorted([*folder.glob("*.safetensors"), *folder.glob("*.bin")])
    content = commit or hashlib.sha256("".join(map(digest, weights)).encode()).hexdigest()
    return f"{folder.name}-{content[:8]}"
