"""What is promised, and how much of it is left."""

from typing import Final

from monitoring.dashboards.board import Board, Kind, Panel, Row
from monitoring.dashboards.promql import chosen

_BURN: Final = ("PulsoErrorBudgetBurn",)
_OF_BUDGET: Final = "/ on (slo) group_left () slo:budget:ratio"
_LOST: Final = chosen("slo:errors:ratio_rate30d")


def _burning(*windows: str) -> dict[str, str]:
    return {
        f"{{{{slo}}}}, {window}": f"{chosen(f'slo:errors:ratio_rate{window}')} {_OF_BUDGET}"
        for window in windows
    }


_NOW: Final = Row(
    "Now",
    (
        Panel(
            "Error budget left",
            "percentunit",
            "The part of the errors allowed in 30 days that is not used up. Below 0 the promise is broken: "
            "reliability comes before features.",
            {"{{slo}}": f"1 - {_LOST} {_OF_BUDGET}"},
            Kind.FIGURE,
            12,
            _BURN,
        ),
        Panel(
            "Kept over 30 days",
            "percentunit",
            "Requests that were answered, answered within a second, and items found within five minutes. "
            "Promised: 99.9 %, 99 %, 99 %.",
            {"{{slo}}": f"1 - {_LOST}"},
            Kind.FIGURE,
            12,
            _BURN,
        ),
        Panel(
            "Alerts that fire",
            "short",
            "By name and urgency; PulsoWatchdog fires always. Each has its runbook.",
            {
                "{{alertname}} ({{severity}})": "sum by (alertname, severity) "
                '(ALERTS{alertstate="firing", alertname=~"Pulso.+"})'
            },
            width=24,
            runbooks=("README",),
        ),
    ),
)

_RATES: Final = Row(
    "Burn rates: how many times faster than allowed the budget is used up",
    (
        Panel("An hour", "none", "Both above 14.4: someone is woken.", _burning("5m", "1h"), runbooks=_BURN),
        Panel("Six hours", "none", "Both above 6: someone is woken.", _burning("30m", "6h"), runbooks=_BURN),
        Panel(
            "Days",
            "none",
            "Above 3 over two hours and a day, or above 1 over three days: a ticket.",
            _burning("2h", "1d", "3d"),
            runbooks=_BURN,
        ),
    ),
)

_COUNTS: Final = Row(
    "What counts",
    (
        Panel(
            "Events",
            "cps",
            "What each objective counts: requests, requests that should be quick, items indexed.",
            {"{{slo}}": chosen("slo:events:rate5m")},
            width=12,
        ),
        Panel(
            "Errors",
            "cps",
            "Those that count against the objective.",
            {"{{slo}}": chosen("slo:errors:rate5m")},
            width=12,
            runbooks=_BURN,
        ),
    ),
)

BOARD: Final = Board(
    uid="pulso-slo",
    title="Pulso: what is promised",
    description="Service level objectives over 30 days, and the alerts that fire now.",
    rows=(_NOW, _RATES, _COUNTS),
    hours=24,
)
