"""The dashboards, as data; `python -m monitoring.generate` makes Grafana's JSON of them."""

from typing import Final

from monitoring.dashboards import business, insights, pipeline, services, slo
from monitoring.dashboards.board import Board

BOARDS: Final[tuple[Board, ...]] = (slo.BOARD, business.BOARD, pipeline.BOARD, services.BOARD, insights.BOARD)
