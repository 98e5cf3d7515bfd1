"""`transformers.pipeline` on the CPU, as its users call it."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import torch
import transformers

_WARMUP = ["todo muy rico"] * 4


class TransformersPipeline:
    """The text-classification pipeline, in this process."""

    def __init__(self, folder: Path, *, batch_size: int = 32, dtype: str = "float32", threads: int) -> None:
        """Load `folder`, which `classifier_folder` wrote, in the given number format of torch."""
        self.name = f"transformers pipeline, batch {batch_size}, {dtype}"
        self._threads = threads
        self._batch_size = batch_size
        self._classify = transformers.pipeline(
            "text-classification", model=str(folder), device="cpu", dtype=getattr(torch, dtype)
        )
        self.labels(_WARMUP)

    def labels(self, texts: Sequence[str]) -> list[str]:
        """Return the likeliest label of every text."""
        torch.set_num_threads(self._threads)
        answers = self._classify(list(texts), batch_size=self._batch_size, truncation=True)
        return [answer["label"] for answer in answers]

    def seconds(self, texts: Sequence[str]) -> float:
        """Return the wall seconds that all texts took."""
        start = perf_counter()
        self.labels(texts)
        return perf_counter() - start

    def close(self) -> None:
        """Free the model."""
        del self._classify
