"""How fast the whole stack is ready and how much memory it holds, against the bars of 10 s and 1.2 GB."""

import statistics

from bench.report import GIGABYTE, Report, main
from bench.stack import PeakMemory, data_directory, running

READY_SECONDS = 10.0
STACK_BYTES = 1.2 * GIGABYTE
WARM_STARTS = 5


def measure(report: Report) -> None:
    """Starts once on an empty directory, then on the same data again and again."""
    with data_directory() as layout:
        with running(layout) as stack:
            report.figure("first_ready_seconds", stack.ready_seconds)
        seconds, totals = [], []
        for _ in range(1 if report.quick else WARM_STARTS):
            with running(layout) as stack, PeakMemory(stack) as memory:
                seconds.append(stack.ready_seconds)
                # One real request loads what is loaded late.
                with stack.gateway() as gateway:
                    gateway.post("/sentiment", {"texts": ["El ceviche estuvo bacán."]})
                    gateway.get("/trends/sentiment")
            totals.append(memory.total)
    report.at_most("ready_seconds", statistics.median(seconds), READY_SECONDS)
    report.figure("slowest_ready_seconds", max(seconds))
    report.at_most("stack_memory_bytes", max(totals), int(STACK_BYTES))
    for name, peak in memory.peaks.items():
        report.figure(f"{name}_memory_bytes", peak)


if __name__ == "__main__":
    main(measure)
