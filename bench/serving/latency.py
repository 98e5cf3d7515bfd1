"""How long one text takes over HTTP while the service is half busy."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence

from pulso_sentiment.model import Model

from bench.serving.http_load import Answer, Connection, prepared

_CONNECTIONS = 64


def forward_seconds(model: Model, texts: Sequence[str], passes: int = 200) -> float:
    """Returns the median seconds of a forward pass of one of `texts` alone, already tokenised."""
    windows = [window for text in model.tokenise(list(texts)) for window in text.windows]
    seconds = []
    for number in range(passes):
        started = time.perf_counter()
        model.forward([windows[number % len(windows)]])
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[passes // 10 :])


async def open_loop(port: int, texts: Sequence[str], rate: float, seconds: float) -> list[Answer]:
    """Returns the answers on single texts that arrive by chance, `rate` a second, answered or not.

    Their seconds count from the arrival, so that waiting for a free connection is part of them.
    """
    draw = random.Random(20261121)
    requests = [prepared([text]) for text in texts]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(_CONNECTIONS):
        free.put_nowait(await Connection.open(port))
    answers: list[Answer] = []

    async def arrive(request: bytes, at: float) -> None:
        connection = await free.get()
        answer = await connection.ask(request)
        free.put_nowait(connection)
        answers.append(Answer(answer.status, time.perf_counter() - at))

    async with asyncio.TaskGroup() as arrivals:
        at = time.perf_counter()
        ends = at + seconds
        while (at := at + draw.expovariate(rate)) < ends:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            arrivals.create_task(arrive(draw.choice(requests), at))
    while not free.empty():
        free.get_nowait().close()
    return answers


def quantile(answers: Sequence[Answer], share: float) -> float:
    """Returns the seconds within which that share of the answers came."""
    ordered = sorted(answer.seconds for answer in answers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
