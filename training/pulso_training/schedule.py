"""The learning rate over a run."""

LAST_RATE = 0.02
"""The share of the rate that is left at the end."""


def warm_linear(done: float, warmup: float) -> float:
    """Return the share of the full rate when `done` of the run lies behind: up to `warmup`, then down."""
    if done < warmup:
        return max(done, 1e-3) / warmup
    return max(LAST_RATE, (1 - done) / (1 - warmup))
