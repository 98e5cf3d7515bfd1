"""The questions that panels ask again and again, in PromQL.

`$scope` stands for the choice of a namespace. `$__rate_interval` is Grafana's: at least four scrapes.
"""

from typing import Final

RATE: Final = "$__rate_interval"


def chosen(metric: str, where: str = "") -> str:
    """The series of a metric in the chosen namespace, and by further matchers."""
    return f"{metric}{{$scope{', ' if where else ''}{where}}}"


def summed(inner: str, by: str = "") -> str:
    """A sum, by labels if any are named."""
    return f"sum by ({by}) ({inner})" if by else f"sum({inner})"


def rate(counter: str, *, by: str = "", where: str = "", over: str = RATE) -> str:
    """How much is added a second."""
    return summed(f"rate({chosen(counter, where)}[{over}])", by)


def increase(counter: str, over: str, *, by: str = "", where: str = "") -> str:
    """How much was added over a time."""
    return summed(f"increase({chosen(counter, where)}[{over}])", by)


def percentile(part: float, histogram: str, *, by: str = "", where: str = "", over: str = RATE) -> str:
    """What so large a part of the observations does not exceed."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({part}, {rate(f'{histogram}_bucket', by=labels, where=where, over=over)})"


def mean(histogram: str, over: str = RATE) -> str:
    """The mean of the observations."""
    return f"{rate(f'{histogram}_sum', over=over)} / {rate(f'{histogram}_count', over=over)}"
