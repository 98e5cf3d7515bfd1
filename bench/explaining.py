"""How long the explanation of a text of forty words takes over HTTP, on an idle service, against 300 ms.

And what it leaves out: each text is explained by every word besides, right after.
"""

import statistics
import time
from typing import Any, Final

import httpx
from pulso_cli.stack.ports import LOOPBACK

from bench.report import Report, main
from bench.serving.service import running
from bench.serving.texts import real_texts

WORDS: Final = 40
HEAVIEST: Final = 5
TEXTS: Final = 100
QUICK_TEXTS: Final = 20


def measure(report: Report) -> None:
    """Asks for one explanation after the other; each text is new to the service, and nothing is cached."""
    count = QUICK_TEXTS if report.quick else TEXTS
    quick_seconds, whole_seconds, first, of_five = [], [], [], []
    with (
        running(role="api", cached_texts="0") as service,
        httpx.Client(base_url=f"http://{LOOPBACK}:{service.port}") as client,
    ):
        for text in _of_forty_words(count):
            weighed, seconds = _explained(client, text, every_word=False)
            quick_seconds.append(seconds)
            whole, seconds = _explained(client, text, every_word=True)
            whole_seconds.append(seconds)
            heaviest = sorted(whole, key=lambda start: -abs(whole[start]))[:HEAVIEST]
            first.append(heaviest[0] in weighed)
            of_five.append(sum(start in weighed for start in heaviest) / len(heaviest))
    report.figure("texts", count)
    report.at_most("explanation_median_seconds", statistics.median(quick_seconds), 0.3)
    report.figure("explanation_p90_seconds", statistics.quantiles(quick_seconds, n=10)[-1])
    report.figure("every_word_median_seconds", statistics.median(whole_seconds))
    ratios = [quick / whole for quick, whole in zip(quick_seconds, whole_seconds, strict=True)]
    report.figure("explanation / every word, median", statistics.median(ratios))
    report.at_least("heaviest word is among those weighed", statistics.mean(first), 0.9)
    report.figure("share of the five heaviest words", statistics.mean(of_five))


def _explained(client: httpx.Client, text: str, *, every_word: bool) -> tuple[dict[int, float], float]:
    """The weights by where their words start, and the seconds that it took."""
    started = time.perf_counter()
    answer = client.post("/sentiment/explain", json={"text": text, "every_word": every_word})
    seconds = time.perf_counter() - started
    words: list[dict[str, Any]] = answer.raise_for_status().json()["words"]
    return {word["start"]: word["weight"] for word in words if word["weight"] is not None}, seconds


def _of_forty_words(count: int) -> list[str]:
    """Three real texts in a row, cut after the fortieth word."""
    texts = real_texts(12 * count)
    words = (" ".join(texts[first : first + 3]).split() for first in range(0, len(texts), 3))
    return [" ".join(each[:WORDS]) for each in words if len(each) >= WORDS][:count]


if __name__ == "__main__":
    main(measure)
