"""How many threads the process may really use."""

import math
import os
from pathlib import Path

_CGROUP_V2 = Path("/sys/fs/cgroup/cpu.max")


def cpu_limit(cgroup: Path = _CGROUP_V2) -> int:
    """Return the CPUs that affinity and the cgroup's quota leave to this process, at least 1.

    A runtime that starts a thread per core of the node is throttled as soon as its container has a limit.
    """
    allowed = len(os.sched_getaffinity(0))
    try:
        quota, period = cgroup.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return allowed
    if quota == "max":
        return allowed
    return max(1, min(allowed, math.ceil(int(quota) / int(period))))
