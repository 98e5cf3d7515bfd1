"""The one form of all benchmarks: options, figures, bars, and the machine that they hold for."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

GIGABYTE: Final = 10**9


@dataclass
class Report:
    """What one run found out."""

    quick: bool
    figures: dict[str, float | int | str] = field(default_factory=dict)
    bars: dict[str, dict[str, Any]] = field(default_factory=dict)

    def figure(self, name: str, value: float | str) -> None:
        """Adds a figure; its name ends in its unit."""
        self.figures[name] = round(value, 3) if isinstance(value, float) else value

    def at_most(self, name: str, value: float, bound: float) -> None:
        """Adds a figure that must not be above the bound."""
        self.figure(name, value)
        self.bars[name] = {"value": self.figures[name], "bound": bound, "holds": value <= bound}

    def at_least(self, name: str, value: float, bound: float) -> None:
        """Adds a figure that must not be below the bound."""
        self.figure(name, value)
        self.bars[name] = {"value": self.figures[name], "bound": bound, "holds": value >= bound}


def machine() -> dict[str, Any]:
    """What the figures hold for."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / GIGABYTE, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def main(measure: Callable[[Report], None]) -> None:
    """Runs a benchmark from the command line; the exit status is 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(description=sys.modules[measure.__module__].__doc__)
    parser.add_argument("--quick", action="store_true", help="end within 50 seconds, with less to go by")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write machine, figures and bars there")
    options = parser.parse_args()
    described = machine()
    report = Report(quick=options.quick)
    measure(report)
    for name, value in report.figures.items():
        bar = report.bars.get(name)
        verdict = "" if bar is None else f"   {'holds' if bar['holds'] else 'FAILS'} (bound {bar['bound']:,})"
        print(f"{name:<43} {value if isinstance(value, str) else format(value, ',')}{verdict}")
    if options.json:
        content = {"machine": described, "figures": report.figures, "bars": report.bars}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    sys.exit(not all(bar["holds"] for bar in report.bars.values()))
