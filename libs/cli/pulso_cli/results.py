"""The first table of results: what the stack has learnt, asked from its own API."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pulso_contracts.base import LIMA
from pulso_contracts.trends import Bucket, GroupBy, Series, SeriesAnswer
from rich.console import Console
from rich.table import Table

from pulso_cli.gateway import Gateway, Query
from pulso_cli.movement import (
    BASELINE_DAYS,
    RECENT_DAYS,
    Cell,
    Counts,
    Move,
    mood_moves,
    volume_moves,
)

_PERIOD_DAYS = RECENT_DAYS + BASELINE_DAYS
_REGIONS_SHOWN = 8
_MOVES_SHOWN = 6
_UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Results:
    """What the table shows."""

    regions: list[Series]
    channels: list[Series]
    volume: list[Move]
    mood: list[Move]


def first_results(gateway: Gateway, today: date | None = None) -> Results:
    """Asks for the last 12 weeks: sentiment by department and channel, and what moved in the last three."""
    end = (today or datetime.now(LIMA).date()) + timedelta(days=1)
    period = {"from": str(end - timedelta(days=_PERIOD_DAYS)), "to": str(end)}
    regions = _ask(gateway, {**period, "bucket": Bucket.MONTH, "group_by": GroupBy.REGION})
    channels = _ask(gateway, {**period, "bucket": Bucket.MONTH, "group_by": GroupBy.CHANNEL})
    cells = [
        _cell(region.key, product, str(end - timedelta(days=RECENT_DAYS)))
        for region in regions
        if region.key is not None
        for product in _ask(
            gateway, {**period, "bucket": Bucket.DAY, "group_by": GroupBy.PRODUCT, "region": region.key}
        )
        if product.key is not None
    ]
    return Results(regions, channels, volume_moves(cells), mood_moves(cells))


def _ask(gateway: Gateway, query: Query) -> list[Series]:
    return SeriesAnswer.model_validate(gateway.get("/trends/sentiment", query)).series


def _cell(region: str, product: Series, recent_from: str) -> Cell:
    """Starts of points are ISO moments in Lima's time, so they compare as text."""
    recent = [point for point in product.points if point.start >= recent_from]
    before = [point for point in product.points if point.start < recent_from]
    periods = (Counts(sum(p.count for p in part), sum(p.negative for p in part)) for part in (before, recent))
    return Cell(region, product.key or _UNKNOWN, *periods)


def show_results(results: Results, console: Console) -> None:
    """Prints the tables."""
    console.print(_sentiment_table("Department", results.regions[:_REGIONS_SHOWN]))
    console.print(_sentiment_table("Channel", results.channels))
    for title, moves, number in (
        ("More or less talked about (items a week)", results.volume, "{:.1f}"),
        ("Complaints (share of negative items)", results.mood, "{:.0%}"),
    ):
        if moves:
            console.print(_moves_table(title, moves[:_MOVES_SHOWN], number))


def _sentiment_table(name: str, series: list[Series]) -> Table:
    table = Table(
        name, "Items", "Negative", "Neutral", "Positive", "Score", title=f"The last {_PERIOD_DAYS} days"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for each in series:
        total = each.total
        shares = (f"{part / total.count:.0%}" for part in (total.negative, total.neutral, total.positive))
        table.add_row(each.key or _UNKNOWN, f"{total.count:,}", *shares, f"{total.score or 0:+.2f}")
    return table


def _moves_table(title: str, moves: list[Move], number: str) -> Table:
    table = Table(
        "Product", "Department", f"{BASELINE_DAYS // 7} weeks before", f"Last {RECENT_DAYS // 7}", ""
    )
    table.title = title
    for column in table.columns[2:4]:
        column.justify = "right"
    for move in moves:
        arrow = "[green]▲[/]" if move.recent > move.before else "[red]▼[/]"
        figures = (number.format(figure) for figure in (move.before, move.recent))
        table.add_row(move.cell.product, move.cell.region, *figures, arrow)
    return table
