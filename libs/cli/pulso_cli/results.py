"""The first table of results: what the stack has learnt, asked from its own API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pulso_contracts.base import LIMA
from pulso_contracts.trends import Bucket, GroupBy, Point, Series, SeriesAnswer
from rich.console import Console
from rich.table import Table

from pulso_cli.gateway import Gateway, Query
from pulso_cli.movement import (
    MOOD_WINDOW,
    VOLUME_WINDOW,
    Cell,
    Counts,
    Move,
    Window,
    mood_moves,
    volume_moves,
)

_PERIOD_DAYS = max(MOOD_WINDOW.days, VOLUME_WINDOW.days)
_REGIONS_SHOWN = 8
_MOVES_SHOWN = 6
_UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Results:
    """What the tables show."""

    regions: list[Series]
    channels: list[Series]
    volume: list[Move]
    mood: list[Move]


def first_results(gateway: Gateway, today: date | None = None) -> Results:
    """Asks for the last 12 weeks: sentiment by department and channel, and what moved lately."""
    today = today or datetime.now(LIMA).date()
    end = today + timedelta(days=1)
    period = {"from": str(end - timedelta(days=_PERIOD_DAYS)), "to": str(today)}
    regions = _ask(gateway, {**period, "bucket": Bucket.MONTH, "group_by": GroupBy.REGION})
    channels = _ask(gateway, {**period, "bucket": Bucket.MONTH, "group_by": GroupBy.CHANNEL})
    daily = {**period, "bucket": Bucket.DAY, "group_by": GroupBy.PRODUCT}
    products = [
        (region.key, product)
        for region in regions
        if region.key is not None
        for product in _ask(gateway, {**daily, "region": region.key})
    ]
    return Results(
        regions,
        channels,
        volume_moves(_cells(products, VOLUME_WINDOW, end)),
        mood_moves(_cells(products, MOOD_WINDOW, end)),
    )


def _ask(gateway: Gateway, query: Query) -> list[Series]:
    return SeriesAnswer.model_validate(gateway.get("/trends/sentiment", query)).series


def _cells(products: Iterable[tuple[str, Series]], window: Window, end: date) -> list[Cell]:
    """Counts of both periods. Points start at ISO moments in Lima's time, so they compare as text."""
    first = str(end - timedelta(days=window.days))
    recent = str(end - timedelta(days=window.recent))
    return [
        Cell(
            region,
            product.key,
            _sum(point for point in product.points if first <= point.start < recent),
            _sum(point for point in product.points if point.start >= recent),
        )
        for region, product in products
        if product.key is not None
    ]


def _sum(points: Iterable[Point]) -> Counts:
    counted = list(points)
    return Counts(sum(point.count for point in counted), sum(point.negative for point in counted))


def show_results(results: Results, console: Console) -> None:
    """Prints the tables."""
    console.print(_sentiment_table("Department", results.regions[:_REGIONS_SHOWN]))
    console.print(_sentiment_table("Channel", results.channels))
    if results.volume:
        table = _moves_table(VOLUME_WINDOW, results.volume, "{:.1f}", up="green", down="red")
        table.title = "More or less talked about (items a week)"
        console.print(table)
    if results.mood:
        table = _moves_table(MOOD_WINDOW, results.mood, "{:.0%}", up="red", down="green")
        table.title = "More or fewer complaints (share of negative items)"
        console.print(table)


def _sentiment_table(name: str, series: list[Series]) -> Table:
    table = Table(name, "Items", "Negative", "Neutral", "Positive", "Score")
    table.title = f"Sentiment by {name.lower()}, last {_PERIOD_DAYS // 7} weeks"
    for column in table.columns[1:]:
        column.justify = "right"
    for each in series:
        total = each.total
        shares = (f"{part / total.count:.0%}" for part in (total.negative, total.neutral, total.positive))
        table.add_row(each.key or _UNKNOWN, f"{total.count:,}", *shares, f"{total.score or 0:+.2f}")
    return table


def _moves_table(window: Window, moves: list[Move], number: str, *, up: str, down: str) -> Table:
    before, recent = f"{window.baseline // 7} weeks before", f"last {window.recent // 7} weeks"
    table = Table("Product", "Department", before, recent, "")
    for column in table.columns[2:4]:
        column.justify = "right"
    for move in moves[:_MOVES_SHOWN]:
        arrow = f"[{up}]▲[/]" if move.recent > move.before else f"[{down}]▼[/]"
        figures = (number.format(figure) for figure in (move.before, move.recent))
        table.add_row(move.cell.product, move.cell.region, *figures, arrow)
    return table
