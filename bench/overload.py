"""Ten times as many requests as the sentiment service can answer, for a minute: who gets in, at what cost."""

import asyncio
import os
import statistics
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pulso_sentiment.engine.admission import LONGEST_WAIT
from pulso_sentiment.engine.lanes import Lane

from bench.report import Report, main
from bench.serving.http_load import OK, Answer, Connection, closed_loop, prepared
from bench.serving.latency import quantile
from bench.serving.service import Service, running
from bench.serving.texts import real_texts

TIMES: Final = 10
SECONDS: Final = 60.0
QUICK_SECONDS: Final = 10.0
CLIENTS: Final = 8
"""Enough to keep the cores busy, few enough that a slow CPU refuses none of them."""
TEXTS: Final = 16
"""Of a request, which is interactive with so many."""
CONNECTIONS: Final = 512
"""More than the service lets in at a time: it is the service that refuses, not the client that waits."""
UNAVAILABLE: Final = 503
TICK_SECONDS: Final = 0.01


@dataclass
class Flood:
    """What was sent and what came back."""

    sent: int = 0
    answers: list[Answer] = field(default_factory=list)
    client_cores: float = 0.0
    """Cores that the load generator itself used: the service cannot have them."""


def measure(report: Report) -> None:
    """Finds the maximum, goes ten times beyond it, and looks at what follows. A request holds 16 texts."""
    seconds = QUICK_SECONDS if report.quick else SECONDS
    texts = real_texts(1_024)
    requests = [prepared(texts[first : first + TEXTS]) for first in range(0, len(texts), TEXTS)]
    with running(role="api", cached_texts="0") as service:
        _maximum(service, requests)
        before_load = [_maximum(service, requests) for _ in range(3)]
        memory = service.process.memory_info().rss
        flood = asyncio.run(_flood(service, requests, TIMES * statistics.median(before_load), seconds))
        recovery = asyncio.run(_recovery(service, requests[0]))
        growth = service.process.memory_info().rss - memory
        most = statistics.median(before_load + [_maximum(service, requests) for _ in range(3)])
    answered = [answer for answer in flood.answers if answer.status == OK]
    refused = [answer for answer in flood.answers if answer.status == UNAVAILABLE]
    report.figure("maximum_texts_per_second", most * TEXTS)
    report.figure("offered_times_maximum", flood.sent / seconds / most)
    report.figure("accepted_requests", len(answered))
    report.figure("refused_requests", len(refused))
    report.at_most("answers_of_another_kind", len(flood.answers) - len(answered) - len(refused), 0)
    report.at_most("accepted_p99_seconds", quantile(answered, 0.99), LONGEST_WAIT[Lane.INTERACTIVE])
    report.figure("refused_p50_seconds", quantile(refused, 0.5))
    report.figure("refused_p99_seconds", quantile(refused, 0.99))
    throughput = len(answered) / seconds / most
    report.figure("load_generator_cores", flood.client_cores)
    report.figure("throughput_ratio", throughput)
    cores = len(os.sched_getaffinity(0))
    report.at_least(
        "throughput_ratio_of_the_cores_left", throughput * cores / (cores - flood.client_cores), 0.95
    )
    report.at_most("memory_growth_bytes", growth, 20_000_000)
    report.at_most("recovery_seconds", recovery, 2.0)


def _maximum(service: Service, requests: Sequence[bytes]) -> float:
    return len(requests) / asyncio.run(closed_loop(service.port, requests, CLIENTS))


async def _flood(service: Service, requests: Sequence[bytes], rate: float, seconds: float) -> Flood:
    """Sends at a fixed rate whatever comes back; who is not answered at the end hangs up."""
    flood = Flood()
    # In turn, so that none is idle for as long as the service keeps an idle connection open.
    free = deque([await Connection.open(service.port) for _ in range(CONNECTIONS)])

    async def ask(connection: Connection, request: bytes) -> None:
        try:
            flood.answers.append(await connection.ask(request))
            free.append(connection)
        except asyncio.CancelledError:
            connection.close()
            raise

    waiting: set[asyncio.Task[None]] = set()
    cpu, started = time.process_time(), time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        while free and flood.sent < elapsed * rate:
            task = asyncio.create_task(ask(free.popleft(), requests[flood.sent % len(requests)]))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
            flood.sent += 1
        await asyncio.sleep(TICK_SECONDS)
    flood.client_cores = (time.process_time() - cpu) / seconds
    for task in list(waiting):
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return flood


async def _recovery(service: Service, request: bytes) -> float:
    """Returns the seconds until a request is answered as fast as on an idle service, or nearly so."""
    started = time.perf_counter()
    connection = await Connection.open(service.port)
    quickest = float("inf")
    asked_at: list[tuple[float, float]] = []
    while time.perf_counter() - started < 2 * LONGEST_WAIT[Lane.INTERACTIVE]:
        answer = await connection.ask(request)
        asked_at.append(
            (time.perf_counter() - started, answer.seconds if answer.status == OK else float("inf"))
        )
        quickest = min(quickest, asked_at[-1][1])
    connection.close()
    return next(at for at, seconds in asked_at if seconds < 2 * quickest)


if __name__ == "__main__":
    main(measure)
