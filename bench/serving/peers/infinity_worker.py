"""Run by Infinity's Python in a model's folder: JSON lines of texts in, of seconds and labels out.

Arguments: the threads, and settings of `EngineArgs` as JSON. The model is ".": the optimum that Infinity
installs finds no ONNX file by the path that Infinity gives it, only by a bare name.
"""

import asyncio
import json
import os
import sys
from time import perf_counter
from typing import Any, TextIO

import onnxruntime  # type: ignore[import-not-found]
import torch

_WARMUP = ["todo muy rico " * times for times in range(1, 17)] * 4
_SECONDS = 600.0
"""A batch that fails is only logged: Infinity would wait for its answers for ever."""


def _limit_threads(threads: int) -> None:
    """Hold torch and the ONNX runtime, which no variable of the environment limits, to the given threads."""
    torch.set_num_threads(threads)

    class Session(onnxruntime.InferenceSession):  # type: ignore[misc]
        def __init__(self, path: object, sess_options: Any = None, **rest: object) -> None:
            limited = sess_options or onnxruntime.SessionOptions()
            limited.intra_op_num_threads = threads
            super().__init__(path, limited, **rest)

    onnxruntime.InferenceSession = Session


async def _serve(settings: dict[str, Any], answers: TextIO) -> None:
    from infinity_emb import AsyncEmbeddingEngine, EngineArgs  # type: ignore[import-not-found]
    from infinity_emb.log_handler import logger  # type: ignore[import-not-found]

    logger.setLevel("WARNING")
    arguments = EngineArgs(model_name_or_path=".", device="cpu", model_warmup=False, **settings)
    engine = AsyncEmbeddingEngine.from_args(arguments)
    async with engine:
        answer = await _classify(engine, _WARMUP)
        while True:
            print(json.dumps(answer), file=answers, flush=True)
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line:
                return
            answer = await _classify(engine, json.loads(line))


async def _classify(engine: Any, texts: list[str]) -> dict[str, Any]:
    start = perf_counter()
    async with asyncio.timeout(_SECONDS):
        scores, _ = await engine.classify(sentences=texts)
    labels = [max(each, key=lambda one: one["score"])["label"] for each in scores]
    return {"seconds": perf_counter() - start, "labels": labels}


if __name__ == "__main__":
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit_threads(int(sys.argv[1]))
    asyncio.run(_serve(json.loads(sys.argv[2]), channel))
