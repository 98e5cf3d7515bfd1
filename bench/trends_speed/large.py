"""`bench.trends_speed` with 1 and 10 million items: an hour, and 20 GB of disk."""

import uvloop

from bench.report import Report, main
from bench.trends_speed.growth import grow


def measure(report: Report) -> None:
    """Fills databases of both sizes."""
    uvloop.run(grow(report, (10_000, 100_000) if report.quick else (1_000_000, 10_000_000), heard=20_000))


if __name__ == "__main__":
    main(measure)
