"""How long the explanation of a text of forty words takes over HTTP, on an idle service, against 300 ms."""

import statistics
import time
from typing import Final

import httpx
from pulso_cli.stack.ports import LOOPBACK

from bench.report import Report, main
from bench.serving.service import running
from bench.serving.texts import real_texts

WORDS: Final = 40
TEXTS: Final = 100
QUICK_TEXTS: Final = 20


def measure(report: Report) -> None:
    """Asks for one explanation after the other; each text is new to the service."""
    count = QUICK_TEXTS if report.quick else TEXTS
    seconds = []
    with (
        running(role="api", cached_texts="0") as service,
        httpx.Client(base_url=f"http://{LOOPBACK}:{service.port}") as client,
    ):
        for text in _of_forty_words(count):
            started = time.perf_counter()
            client.post("/sentiment/explain", json={"text": text}).raise_for_status()
            seconds.append(time.perf_counter() - started)
    report.figure("texts", count)
    report.at_most("explanation_median_seconds", statistics.median(seconds), 0.3)
    report.figure("explanation_p90_seconds", statistics.quantiles(seconds, n=10)[-1])


def _of_forty_words(count: int) -> list[str]:
    """Three real texts in a row, cut after the fortieth word."""
    texts = real_texts(12 * count)
    words = (" ".join(texts[first : first + 3]).split() for first in range(0, len(texts), 3))
    return [" ".join(each[:WORDS]) for each in words if len(each) >= WORDS][:count]


if __name__ == "__main__":
    main(measure)
