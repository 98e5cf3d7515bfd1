import re
from pathlib import Path

from prometheus_client import REGISTRY, Counter
from pulso_sentiment import metrics
from pulso_sentiment.cache import metrics as cache_metrics

DOCUMENT = Path(__file__).resolve().parents[1] / "metrics.md"


def test_every_metric_is_documented_and_every_documented_one_exists():
    documented = set(re.findall(r"^\| `(pulso_sentiment_\w+)`", DOCUMENT.read_text(), re.MULTILINE))
    collectors = [
        metric
        for name, metric in [*vars(metrics).items(), *vars(cache_metrics).items()]
        if name.isupper() and not name.startswith("_")
    ]
    names = {
        family.name + ("_total" if isinstance(metric, Counter) else "")
        for metric in collectors
        for family in metric.collect()
    }
    assert names == documented
    assert all(metric in REGISTRY._collector_to_names for metric in collectors)
