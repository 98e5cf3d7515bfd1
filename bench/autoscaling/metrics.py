"""What Prometheus would scrape: the services' own metrics, with the backlog asked for by their own code."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.metrics import MetricWrapperBase
from pulso_contracts.events import FEEDBACK_STREAM, SCORED_STREAM, SENTIMENT_GROUP, TRENDS_GROUP
from pulso_sentiment import metrics as sentiment
from pulso_streams import Client, Stream, tell_backlog
from pulso_streams import metrics as streams
from pulso_trends import metrics as trends
from redis.exceptions import ConnectionError as NoConnection

from bench.autoscaling.pods import INDEXER, TOKENS_PER_ITEM, WORKER, Fleet, Kind, Pod
from bench.autoscaling.remote_write import STALE, series
from bench.autoscaling.rendered import NAMESPACE

Sample = tuple[bytes, float]
Told = Mapping[MetricWrapperBase, dict[str, str]]
FEEDBACK: Final = Stream(FEEDBACK_STREAM, 4)


@dataclass(frozen=True, slots=True)
class Consumption:
    """What pods of a kind consume, who publishes it, and what they tell of their work.

    Attributes:
        told: Metrics of a pod, each with its labels.
        values: Of these, for the items that a pod has done.
    """

    stream: Stream
    group: str
    publisher: str
    told: Told
    values: Callable[[Pod, float], tuple[float, ...]]


_CONSUMPTION: Final = {
    WORKER: Consumption(
        FEEDBACK,
        SENTIMENT_GROUP,
        "pulso-ingest-1",
        {
            sentiment.ITEMS: {"outcome": "scored"},
            sentiment.TOKENS: {},
            sentiment.BUSY_SECONDS: {},
            sentiment.CAPACITY: {},
        },
        lambda pod, items: (items, items * TOKENS_PER_ITEM, pod.busy, pod.capacity * TOKENS_PER_ITEM),
    ),
    INDEXER: Consumption(
        Stream(SCORED_STREAM, 4),
        TRENDS_GROUP,
        "pulso-sentiment-worker-1",
        {trends.INDEXED: {"channel": "review", "sentiment": "positive"}, trends.BATCH_SECONDS: {}},
        lambda pod, items: (items, pod.busy),
    ),
}


class StreamServer:
    """What Valkey answers about the simulated stream; see `pulso_streams.backlog`.

    Attributes:
        length: Entries that are not done.
        away: Whether it cannot be reached.
    """

    def __init__(self, stream: Stream, group: str) -> None:
        self._stream, self._group = stream, group
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
        group = {"name": self._group.encode(), "lag": 0, "pending": 0}
        return [
            answer
            for shard in range(self._stream.shards)
            for answer in (int(self.length + shard) // self._stream.shards, 0, [], [group])
        ]


class Process:
    """The metrics of one pod, in a registry of its own, under the names that the services give them."""

    def __init__(self, pod: str, originals: Told) -> None:
        self._registry = CollectorRegistry()
        self._labels = {"namespace": NAMESPACE, "pod": pod}
        self._metrics: list[Any] = []
        for original, labels in originals.items():
            (told,) = original.describe()
            metric = type(original)(told.name, told.documentation, list(labels), registry=self._registry)
            self._metrics.append(metric.labels(**labels) if labels else metric)
        self._values = [0.0] * len(originals)
        self._told: dict[tuple[str, tuple[tuple[str, str], ...]], bytes] = {}

    def tell(self, *values: float) -> None:
        """Sets gauges, and counters and sums of histograms to what they have counted."""
        for at, (metric, value) in enumerate(zip(self._metrics, values, strict=True)):
            if isinstance(metric, Counter):
                metric.inc(value - self._values[at])
                self._values[at] = value
            elif isinstance(metric, Histogram):
                metric.observe(value - self._values[at])
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


class Metrics:
    """Those of all pods that matter to the scaler of a kind."""

    def __init__(self, kind: Kind) -> None:
        self._of = _CONSUMPTION[kind]
        self.server = StreamServer(self._of.stream, self._of.group)
        self._publisher = Process(self._of.publisher, {streams.PUBLISHED: {"stream": self._of.stream.name}})
        self._workers: dict[Pod, Process] = {}

    async def tell_backlog(self, waiting: float) -> None:
        """Lets the code of the workers ask for the backlog and set its gauges."""
        self.server.length = waiting
        await tell_backlog(cast("Client", self.server), self._of.stream, self._of.group)

    def scrape(self, fleet: Fleet, now: float, arrived: float) -> list[Sample]:
        """What one scrape of all pods finds; pods that are gone end their series."""
        self._publisher.tell(arrived)
        found = list(self._publisher.scrape())
        working = fleet.working(now)
        for pod in working:
            if pod not in self._workers:
                self._workers[pod] = Process(pod.name, self._of.told)
            process = self._workers[pod]
            process.tell(*self._of.values(pod, fleet.items(pod)))
            found += process.scrape(streams.BACKLOG_LENGTH.collect())
        for gone in self._workers.keys() - set(working):
            found += self._workers.pop(gone).ended()
        return found
