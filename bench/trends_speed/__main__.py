"""Queries over time while history grows, on SQLite and PostgreSQL, beside a scan in DuckDB."""

import uvloop

from bench.report import Report, main
from bench.trends_speed.growth import grow


def measure(report: Report) -> None:
    """Fills databases of two sizes; `bench.trends_speed.large` goes on."""
    sizes, heard = ((1_000, 10_000), 5_000) if report.quick else ((100_000, 1_000_000), 20_000)
    uvloop.run(grow(report, sizes, heard=heard))


if __name__ == "__main__":
    main(measure)
