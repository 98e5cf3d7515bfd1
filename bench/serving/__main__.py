"""The sentiment service against the bare runtime, its peers and the machine, on the same texts in one run."""

import asyncio
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from pulso_sentiment.domain.reading import read
from pulso_sentiment.model import Model
from pulso_sentiment.model.cpu import cpu_flags
from pulso_sentiment.model.int8 import gains

from bench.report import Report, main
from bench.serving.bare import BareLoop
from bench.serving.http_load import OK, closed_loop, prepared
from bench.serving.latency import forward_seconds, open_loop, quantile
from bench.serving.peak import peak_operations
from bench.serving.peers.infinity import Infinity
from bench.serving.peers.peer import Peer
from bench.serving.peers.pipeline import TransformersPipeline
from bench.serving.peers.weights import classifier_folder
from bench.serving.service import Service, running
from bench.serving.stream import scoring_rate
from bench.serving.texts import real_texts

MEBIBYTE: Final = 2**20
STARTS: Final = 3
WORDS: Final = range(25, 36)
"""A text of some thirty words."""
_IN_INT8: Final = "stream worker, int8 asked for"


def measure(report: Report) -> None:
    """Interleaves all ways for some rounds and compares their medians."""
    texts = real_texts(512 if report.quick else 1_024)
    rounds, seconds = (1, 5.0) if report.quick else (3, 30.0)
    bare = BareLoop(texts)
    threads = bare.model.devices
    peak = peak_operations(threads)
    with tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder:
        peers = [] if report.quick else _peers(classifier_folder(Path(folder)), threads)
        with ExitStack() as services:
            # Without its cache: each text is a new one, as it is for the others.
            service = services.enter_context(running(cached_texts="0"))
            faster = None
            if gains(cpu_flags()):
                faster = services.enter_context(running(cached_texts="0", int8="true"))
            rates = _rates(bare, service, faster, peers=peers, texts=texts, rounds=rounds)
            _compare(report, rates, bare, peak)
            _tell_latency(report, bare.model, service, _usual(texts), seconds)
            report.at_most("resident_memory_mib", service.process.memory_info().rss / MEBIBYTE, 500)
        for peer in peers:
            peer.close()
    _starts(report)


def _peers(folder: Path, threads: int) -> list[Peer]:
    return [
        TransformersPipeline(folder, threads=threads),
        TransformersPipeline(folder, dtype="bfloat16", threads=threads),
        Infinity(folder, threads=threads),
        Infinity(folder, dtype="bfloat16", threads=threads),
        Infinity(folder, engine="optimum", threads=threads),
        Infinity(folder, engine="optimum", dtype="int8", threads=threads),
    ]


def _rates(
    bare: BareLoop,
    service: Service,
    faster: Service | None,
    *,
    peers: Sequence[Peer],
    texts: Sequence[str],
    rounds: int,
) -> dict[str, float]:
    """The median texts per second of each way; all take their turns in each round.

    `faster` is the service with int8 asked for, where that gains anything.
    """
    many = [prepared(texts[first : first + 256]) for first in range(0, len(texts), 256)]
    single = [prepared([text]) for text in texts]

    def http(requests: Sequence[bytes], clients: int, repeats: int) -> float:
        return repeats * len(texts) / asyncio.run(closed_loop(service.port, [*requests] * repeats, clients))

    ways: dict[str, Callable[[], float]] = {
        "bare loop": lambda: len(texts) / bare.seconds(),
        "stream worker": lambda: asyncio.run(scoring_rate(service.redis_url, texts, 3)),
        "HTTP, 256 texts, 4 clients": lambda: http(many, 4, 3),
        "HTTP, 1 text, 64 clients": lambda: http(single, 64, 2),
        **{peer.name: lambda peer=peer: len(texts) / peer.seconds(texts) for peer in peers},  # type: ignore[misc]
    }
    if faster is not None:
        ways[_IN_INT8] = lambda: asyncio.run(scoring_rate(faster.redis_url, texts, 3))
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(-1, rounds):  # the first round is not counted: kernels are built
        for name, way in ways.items():
            rate = way()
            if number >= 0:
                found[name].append(rate)
    return {name: statistics.median(several) for name, several in found.items()}


def _compare(report: Report, rates: dict[str, float], bare: BareLoop, peak: float) -> None:
    for name, rate in rates.items():
        report.figure(f"texts per second: {name}", rate)
    limit, stream = rates["bare loop"], rates["stream worker"]
    report.at_least("stream worker / bare loop", stream / limit, 0.92)
    report.at_least("HTTP, 256 texts / bare loop", rates["HTTP, 256 texts, 4 clients"] / limit, 0.90)
    report.at_least("HTTP, 1 text / bare loop", rates["HTTP, 1 text, 64 clients"] / limit, 0.75)
    for kind, bound in (("transformers pipeline", 5), ("Infinity", 4)):
        best = max((rate for name, rate in rates.items() if name.startswith(kind)), default=None)
        plain = next((rate for name, rate in rates.items() if name.startswith(kind)), None)
        if best is not None and plain is not None:
            report.at_least(f"stream worker / {kind}", stream / plain, bound)
            report.figure(f"stream worker / best {kind}", stream / best)
    if _IN_INT8 in rates:
        report.figure(f"{_IN_INT8} / stream worker", rates[_IN_INT8] / stream)
    operations = bare.operations / bare.texts
    report.figure("peak GFLOP per second of products", peak / 1e9)
    report.at_least("useful share of peak: bare loop", operations * limit / peak, 0.70)
    report.figure("useful share of peak: stream worker", operations * stream / peak)


def _usual(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if len(text.split()) in WORDS]


def _tell_latency(
    report: Report, model: Model, service: Service, texts: Sequence[str], seconds: float
) -> None:
    """Single texts at half of the rate that the same texts reach when 64 clients ask one after the other."""
    alone = forward_seconds(model, texts)
    requests = [prepared([text]) for text in texts] * 2
    taken = asyncio.run(closed_loop(service.port, requests, 64))
    answers = asyncio.run(open_loop(service.port, texts, len(requests) / taken / 2, seconds))
    report.figure("pieces that the model reads of one of these texts", _pieces(texts))
    report.figure("forward pass of one text, ms", 1e3 * alone)
    report.figure("HTTP at half rate: texts per second", len(answers) / seconds)
    report.at_most("HTTP at half rate: not answered", sum(answer.status != OK for answer in answers), 0)
    report.figure("HTTP at half rate: p50, ms", 1e3 * quantile(answers, 0.5))
    report.figure("HTTP at half rate: p99, ms", 1e3 * quantile(answers, 0.99))
    report.at_most("HTTP at half rate: p99 / forward pass", quantile(answers, 0.99) / alone, 4)


def _pieces(texts: Sequence[str]) -> float:
    return statistics.mean(len(read(text).pieces) for text in texts)


def _starts(report: Report) -> None:
    starts = []
    for _ in range(STARTS):
        with running() as service:
            starts.append(service.ready_seconds)
    report.at_most("start to ready, s", statistics.median(starts), 4)


if __name__ == "__main__":
    main(measure)
