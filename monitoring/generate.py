"""Writes the dashboards as Grafana reads them: `python -m monitoring.generate`."""

from pathlib import Path

from monitoring.dashboards import BOARDS
from monitoring.dashboards.grafana import as_json
from monitoring.files import DASHBOARDS


def generated() -> dict[Path, str]:
    """Each generated file and its content."""
    return {DASHBOARDS / f"{board.uid}.json": as_json(board) for board in BOARDS}


def main() -> None:
    """Writes them all."""
    for path, content in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


if __name__ == "__main__":
    main()
