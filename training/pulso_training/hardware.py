"""The machine that a run's record names."""

import os
import platform
from pathlib import Path

import torch

_CPUINFO = Path("/proc/cpuinfo")


def describe_machine() -> dict[str, object]:
    """Return processor, cores and the versions that results depend on."""
    model = platform.processor()
    if _CPUINFO.exists():
        lines = _CPUINFO.read_text(encoding="utf-8").splitlines()
        model = next(
            (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model
        )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
