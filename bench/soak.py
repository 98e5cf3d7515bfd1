"""Half an hour at four fifths of the maximum rate: neither memory nor latency may drift (`make soak`)."""

import asyncio
import statistics
from typing import Final

from bench.report import Report, main
from bench.serving.http_load import OK, closed_loop, prepared
from bench.serving.latency import open_loop, quantile
from bench.serving.service import running
from bench.serving.texts import real_texts

LOAD: Final = 0.8
MINUTES: Final = 30
QUICK_MINUTES: Final = 6
PART: Final = 3
"""The last third is compared with the middle one: in the first, kernels for new shapes are still built."""


def measure(report: Report) -> None:
    """Asks for single texts that arrive by chance, and takes stock every minute, or every five seconds."""
    minutes, seconds = (QUICK_MINUTES, 5.0) if report.quick else (MINUTES, 60.0)
    texts = real_texts(2_560)
    single = [prepared([text]) for text in texts]
    latencies, memories, refused = [], [], 0
    with running(role="api", cached_texts="0") as service:
        most = single[:2_048]
        rate = LOAD * len(most) / asyncio.run(closed_loop(service.port, most, 64))
        for _ in range(minutes):
            answers = asyncio.run(open_loop(service.port, texts, rate, seconds))
            refused += sum(answer.status != OK for answer in answers)
            latencies.append(quantile(answers, 0.5))
            memories.append(service.process.memory_info().rss)
    third = minutes // PART
    report.figure("requests_per_second", rate)
    report.at_most("requests_not_answered", refused, 0)
    report.figure("p50_first_third_ms", 1e3 * statistics.median(latencies[:third]))
    report.figure("p50_last_third_ms", 1e3 * statistics.median(latencies[-third:]))
    drift = statistics.median(latencies[-third:]) / statistics.median(latencies[third:-third])
    report.at_most("latency_drift_ratio", drift, 1.2)
    report.at_most("memory_growth_bytes", max(memories[-third:]) - max(memories[:-third]), 5_000_000)
    report.figure("memory_at_the_end_bytes", memories[-1])


if __name__ == "__main__":
    main(measure)
