"""`python -m charts.schema`: write the schemas anew, after a change of settings or of the charts' values."""

import json
from pathlib import Path

from charts.schema.charts import schema_of
from charts.schema.fields import CLASSES

CHARTS = Path(__file__).resolve().parents[1]


def text_of(chart: str) -> str:
    """The file's text."""
    return json.dumps(schema_of(chart), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for chart in ("pulso", *CLASSES):
        (CHARTS / chart / "values.schema.json").write_text(text_of(chart), encoding="utf-8")
