"""What Prometheus would scrape: the services' own metrics, with the backlog asked for by their own code."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, cast

from prometheus_client import CollectorRegistry, Counter, Metric
from prometheus_client.metrics import MetricWrapperBase
from pulso_contracts.events import FEEDBACK_STREAM, SENTIMENT_GROUP
from pulso_sentiment import metrics as sentiment
from pulso_streams import Client, Stream, tell_backlog
from pulso_streams import metrics as streams
from redis.exceptions import ConnectionError as NoConnection

from bench.autoscaling.pods import TOKENS_PER_ITEM, Fleet, Pod
from bench.autoscaling.remote_write import STALE, series
from bench.autoscaling.rendered import NAMESPACE

Sample = tuple[bytes, float]
STREAM: Final = Stream(FEEDBACK_STREAM, 4)
_INGEST: Final = "pulso-ingest-1"


class StreamServer:
    """What Valkey answers about the simulated stream; see `pulso_streams.backlog`.

    Attributes:
        length: Entries that are not done.
        away: Whether it cannot be reached.
    """

    def __init__(self) -> None:
        self.length = 0.0
        self.away = False

    def pipeline(self, **_: Any) -> "StreamServer":
        """Itself: the questions are always the same."""
        return self

    def __getattr__(self, question: str) -> Callable[..., None]:
        return lambda *_, **__: None

    async def execute(self, **_: Any) -> list[Any]:
        """The answers, shard by shard: length, dead letters, oldest entry, groups."""
        if self.away:
            raise NoConnection
        group = {"name": SENTIMENT_GROUP.encode(), "lag": 0, "pending": 0}
        return [
            answer
            for shard in range(STREAM.shards)
            for answer in (int(self.length + shard) // STREAM.shards, 0, [], [group])
        ]


class Process:
    """The metrics of one pod, in a registry of its own, under the names that the services give them."""

    def __init__(self, pod: str, *originals: MetricWrapperBase, **labels: str) -> None:
        self._registry = CollectorRegistry()
        self._labels = {"namespace": NAMESPACE, "pod": pod}
        self._metrics: list[Any] = []
        for original in originals:
            (told,) = original.describe()
            names = [name for name in labels if name in _LABELS[original]]
            metric = type(original)(told.name, told.documentation, names, registry=self._registry)
            self._metrics.append(metric.labels(*map(labels.__getitem__, names)) if names else metric)
        self._values = [0.0] * len(originals)
        self._told: dict[tuple[str, tuple[tuple[str, str], ...]], bytes] = {}

    def tell(self, *values: float) -> None:
        """Sets gauges, and counters to what they have counted."""
        for at, (metric, value) in enumerate(zip(self._metrics, values, strict=True)):
            if isinstance(metric, Counter):
                metric.inc(value - self._values[at])
                self._values[at] = value
            else:
                metric.set(value)

    def scrape(self, others: Iterable[Metric] = ()) -> Iterator[Sample]:
        """All samples with the labels of the pod, and `others`; a series that has gone becomes stale."""
        gone = set(self._told)
        for family in (*self._registry.collect(), *others):
            for sample in family.samples:
                if not sample.name.endswith("_created"):
                    key = sample.name, tuple(sample.labels.items())
                    if key not in self._told:
                        self._told[key] = series(sample.name, self._labels | sample.labels)
                    gone.discard(key)
                    yield self._told[key], sample.value
        for key in gone:
            yield self._told.pop(key), STALE

    def ended(self) -> Iterator[Sample]:
        """What Prometheus writes when the pod is gone."""
        return ((labels, STALE) for labels in self._told.values())


_LABELS: Final[dict[MetricWrapperBase, tuple[str, ...]]] = {
    sentiment.ITEMS: ("outcome",),
    sentiment.TOKENS: (),
    sentiment.BUSY_SECONDS: (),
    sentiment.CAPACITY: (),
    streams.PUBLISHED: ("stream",),
}


class Metrics:
    """Those of all pods that matter to the scaler of the sentiment worker."""

    def __init__(self) -> None:
        self.server = StreamServer()
        self._ingest = Process(_INGEST, streams.PUBLISHED, stream=STREAM.name)
        self._workers: dict[Pod, Process] = {}

    async def tell_backlog(self, waiting: float) -> None:
        """Lets the code of the workers ask for the backlog and set its gauges."""
        self.server.length = waiting
        await tell_backlog(cast("Client", self.server), STREAM, SENTIMENT_GROUP)

    def scrape(self, fleet: Fleet, now: float, arrived: float) -> list[Sample]:
        """What one scrape of all pods finds; pods that are gone end their series."""
        self._ingest.tell(arrived)
        found = list(self._ingest.scrape())
        working = fleet.working(now)
        for pod in working:
            if pod not in self._workers:
                self._workers[pod] = Process(
                    pod.name,
                    sentiment.ITEMS,
                    sentiment.TOKENS,
                    sentiment.BUSY_SECONDS,
                    sentiment.CAPACITY,
                    outcome="scored",
                )
            process, items = self._workers[pod], fleet.items(pod)
            process.tell(items, items * TOKENS_PER_ITEM, pod.busy, pod.capacity)
            found += process.scrape(streams.BACKLOG_LENGTH.collect())
        for gone in self._workers.keys() - set(working):
            found += self._workers.pop(gone).ended()
        return found
