"""What two matrices can be multiplied with at best on this machine, measured apart from Pulso's own code."""

import time
from typing import Final

import torch

_SHAPES: Final = ((1024, 384, 384), (1024, 384, 1536), (1024, 1536, 384), (1024, 1536, 1536))
_TYPES: Final = (torch.bfloat16, torch.float32)
_SECONDS: Final = 0.3


def peak_operations(threads: int) -> float:
    """Returns the best rate of torch's products over the shapes of the default model, per second.

    Of bfloat16 and float32 the faster one counts: the service takes that which suits the CPU.
    """
    torch.set_num_threads(threads)
    return max(_rate(*shape, dtype) for shape in _SHAPES for dtype in _TYPES)


def _rate(rows: int, inner: int, width: int, dtype: torch.dtype) -> float:
    left = torch.randn(rows, inner).to(dtype)
    right = torch.randn(width, inner).to(dtype)
    best = 0.0
    ends = time.perf_counter() + _SECONDS
    while time.perf_counter() < ends:
        started = time.perf_counter()
        for _ in range(16):
            torch.nn.functional.linear(left, right)
        best = max(best, 16 * 2 * rows * inner * width / (time.perf_counter() - started))
    return best
