"""Infinity, a server of small transformers with dynamic batches, called as a library."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from bench.serving.peers.infinity_environment import command, offline


class InfinityError(Exception):
    """The worker of Infinity ended before it had answered; it tells why on stderr."""


class Infinity:
    """Infinity's `AsyncEmbeddingEngine` in a process of its own, all texts of a call at once.

    The engine "optimum" reads ONNX files, float32 or int8 only. It takes neither a batch size (the texts of a
    batch are run one by one) nor the limit of tokens: a text of more than 512 stops it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        engine: Literal["torch", "optimum"] = "torch",
        dtype: Literal["float32", "bfloat16", "int8"] = "float32",
        batch_size: int = 32,
        threads: int,
    ) -> None:
        """Load `folder`, which `classifier_folder` wrote; the environment and ONNX files are made if need be.

        Raises:
            InfinityError: when the engine does not start.
        """
        settings: dict[str, Any] = {"engine": engine, "batch_size": batch_size}
        if engine == "torch":
            self.name = f"Infinity, torch, batch {batch_size}, {dtype}"
            settings["dtype"] = dtype
        else:
            self.name = f"Infinity, optimum, {dtype}"
            settings["onnx_disable_optimize"] = True
            folder = _onnx(folder, threads) / dtype
        self._worker = subprocess.Popen(
            command("infinity_worker.py", str(threads), json.dumps(settings)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=offline(threads),
            cwd=folder,
        )
        self._answer()

    def seconds(self, texts: Sequence[str]) -> float:
        """Return the wall seconds that all texts took, as the worker measures them.

        Raises:
            InfinityError: when the engine ended, or needs more than ten minutes.
        """
        return float(self._ask(texts)["seconds"])

    def labels(self, texts: Sequence[str]) -> list[str]:
        """Return the likeliest label of every text.

        Raises:
            InfinityError: when the engine ended, or needs more than ten minutes.
        """
        labels: list[str] = self._ask(texts)["labels"]
        return labels

    def close(self) -> None:
        """End the process."""
        with self._worker as worker:
            try:
                worker.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                worker.kill()

    def _ask(self, texts: Sequence[str]) -> dict[str, Any]:
        assert self._worker.stdin is not None
        self._worker.stdin.write(json.dumps(list(texts)) + "\n")
        self._worker.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._worker.stdout is not None
        line = self._worker.stdout.readline()
        if not line:
            raise InfinityError(f"{self.name} ended with status {self._worker.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _onnx(folder: Path, threads: int) -> Path:
    """Return the folder's ONNX variants, a folder each, made at the first call."""
    variants = folder.resolve() / "onnx"
    if not variants.is_dir():
        subprocess.run(command("infinity_onnx.py", str(folder.resolve())), env=offline(threads), check=True)
    return variants
