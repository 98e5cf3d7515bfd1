"""From a board to the JSON that Grafana reads."""

from collections.abc import Iterator
from itertools import count
from typing import Final

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueTextMode,
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef, VariableRefresh

from monitoring.dashboards.board import Board, Kind, Panel

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
SCOPE: Final = 'namespace=~"$namespace"'
TAG: Final = "pulso"
_HEIGHTS: Final = {Kind.LINES: 8, Kind.FIGURE: 5, Kind.BARS: 12}

PanelBuilder = timeseries.Panel | stat.Panel | bargauge.Panel


def as_json(board: Board) -> str:
    """The dashboard as Grafana's provisioning takes it."""
    built = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.description)
        .tags([TAG])
        .readonly()
        .refresh("30s")
        .time(f"now-{board.hours}h", "now")
        .link(
            dashboard.DashboardLink("Pulso")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(True)
            .keep_time(True)
            .include_vars(True)
        )
    )
    for variable in _variables():
        built.with_variable(variable)
    numbers = count(1)
    for row in board.rows:
        built.with_row(dashboard.Row(row.title).id(next(numbers)))
        for panel in row.panels:
            built.with_panel(_panel(panel).id(next(numbers)))
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build()) + "\n"


def _variables() -> Iterator[
    dashboard.DatasourceVariable | dashboard.QueryVariable | dashboard.TextBoxVariable
]:
    yield dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus")
    # On one machine nothing has a namespace, and `.*` matches that too.
    yield (
        dashboard.QueryVariable("namespace")
        .label("Namespace")
        .datasource(SOURCE)
        .query('label_values(up{job="gateway"}, namespace)')
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .include_all(True)
        .all_value(".*")
        .current({"text": "All", "value": "$__all"})  # type: ignore[arg-type]
    )
    yield dashboard.TextBoxVariable("docs").label("Address of docs/").default_value("docs")


def _panel(panel: Panel) -> PanelBuilder:
    builder = _empty(panel.kind)
    builder.title(panel.title).unit(panel.unit).description(panel.description).datasource(SOURCE)
    builder.span(panel.width).height(_HEIGHTS[panel.kind]).min(0)
    builder.links(
        [
            dashboard.DashboardLink(name).type(DashboardLinkType.LINK).url(f"${{docs}}/runbooks/{name}.md")
            for name in panel.runbooks
        ]
    )
    for letter, (legend, expression) in zip("ABCDEFGH", panel.queries.items(), strict=False):
        target = prometheus.Dataquery().expr(expression.replace("$scope", SCOPE))
        target.legend_format(legend).ref_id(letter)
        builder.with_target(target.range() if panel.kind is Kind.LINES else target.instant())
    return builder


def _empty(kind: Kind) -> PanelBuilder:
    reduced = common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    if kind is Kind.FIGURE:
        return stat.Panel().reduce_options(reduced).text_mode(BigValueTextMode.AUTO)
    if kind is Kind.BARS:
        return bargauge.Panel().reduce_options(reduced).orientation(VizOrientation.HORIZONTAL)
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).show_legend(True)
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI)
    return (
        timeseries.Panel().legend(legend.placement(LegendPlacement.BOTTOM)).tooltip(tooltip).fill_opacity(8)
    )
