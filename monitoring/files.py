"""Where the files of this folder are."""

from pathlib import Path
from typing import Final

MONITORING: Final = Path(__file__).resolve().parent
PROMETHEUS: Final = MONITORING / "prometheus"
RULES: Final = tuple(sorted((PROMETHEUS / "rules").glob("*.yml")))
RULE_TESTS: Final = tuple(sorted((PROMETHEUS / "tests").glob("*.yml")))
DASHBOARDS: Final = MONITORING / "grafana" / "dashboards"
RUNBOOKS: Final = MONITORING.parent / "docs" / "runbooks"
