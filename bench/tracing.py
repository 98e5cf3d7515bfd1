"""What tracing costs: the same items through a stack that exports every span, and one that exports none.

In CPU time of the processes, which a busy machine hardly changes. The model is the one without weights: its
scoring is next to nothing, so that the ratios are the highest that there are.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import httpx
from pulso_contracts.trends import IndexStatus

from bench.report import GIGABYTE, Report, main
from bench.stack import BenchStack, data_directory, running

REQUESTS: Final = {"quick": 100, "full": 1_000}
"""Of one item each, in one round."""
ROUNDS: Final = {"quick": 2, "full": 5}
BATCH: Final = 1_000
"""Items of the one batch that ends a round: what workers then find in a fetch is full."""
PATHS: Final = {"request": ("gateway", "ingest"), "stream": ("sentiment", "trends")}
"""The processes whose CPU time is that of a request, and of an item in the streams."""
MOST_TIMES: Final = 1.5
STACK_BYTES: Final = 1.2 * GIGABYTE


def measure(report: Report) -> None:
    """Runs both stacks side by side and takes turns."""
    size = "quick" if report.quick else "full"
    with (
        _collector() as endpoint,
        data_directory() as plain_layout,
        data_directory() as traced_layout,
        running(plain_layout, PULSO_MODEL="dummy") as plain,
        running(traced_layout, PULSO_MODEL="dummy", PULSO_OTLP_ENDPOINT=endpoint) as traced,
    ):
        stacks = {"off": plain, "on": traced}
        for stack in stacks.values():
            _round(stack, REQUESTS["quick"])
        rounds: dict[str, list[dict[str, float]]] = {name: [] for name in stacks}
        for _ in range(ROUNDS[size]):
            for name, stack in stacks.items():
                rounds[name].append(_round(stack, REQUESTS[size]))
        memory = {name: _memory(stack) for name, stack in stacks.items()}
    for path in PATHS:
        seconds = {name: statistics.median(each[path] for each in rounds[name]) for name in stacks}
        for name, value in seconds.items():
            report.figure(f"{path}_{name}_cpu_milliseconds_per_item", value * 1000)
        report.at_most(f"{path}_on_times_off", seconds["on"] / seconds["off"], MOST_TIMES)
    report.figure("stack_memory_off_bytes", memory["off"])
    report.at_most("stack_memory_on_bytes", memory["on"], int(STACK_BYTES))


def _round(stack: BenchStack, requests: int) -> dict[str, float]:
    """CPU seconds an item: of a request with one, and in the streams of those of one full batch."""
    with stack.gateway() as gateway:
        key = {"Authorization": f"Bearer {stack.layout.api_key.read_text('utf-8').strip()}"}
        items = IndexStatus.model_validate(gateway.get("/trends/status")).items
        with httpx.Client(base_url=f"{stack.state.url}/api/v1", headers=key, timeout=60) as client:
            before = _cpu(stack)
            for number in range(requests):
                item = _item(items + number)
                client.post("/feedback", json=item).raise_for_status()
            asked = _cpu(stack)
            _until_indexed(client, items + requests)
            idle = _cpu(stack)
            batch = [_item(items + requests + number) for number in range(BATCH)]
            client.post("/feedback/batch", json=batch).raise_for_status()
            _until_indexed(client, items + requests + BATCH)
            done = _cpu(stack)
    spent = {
        "request": {name: (asked[name] - before[name]) / requests for name in PATHS["request"]},
        "stream": {name: (done[name] - idle[name]) / BATCH for name in PATHS["stream"]},
    }
    return {path: sum(each.values()) for path, each in spent.items()}


def _item(number: int) -> dict[str, str]:
    return {
        "text": f"El ceviche número {number} estuvo rico",
        "channel": "review",
        "external_id": str(number),
    }


def _until_indexed(client: httpx.Client, items: int) -> None:
    while client.get("/trends/status").raise_for_status().json()["items"] < items:
        time.sleep(0.5)


def _cpu(stack: BenchStack) -> dict[str, float]:
    times = {name: process.cpu_times() for name, process in stack.processes().items()}
    return {name: time.user + time.system for name, time in times.items()}


def _memory(stack: BenchStack) -> int:
    return sum(process.memory_info().rss for process in stack.processes().values())


@contextmanager
def _collector() -> Iterator[str]:
    """Takes all spans and throws them away; its CPU time is that of this process."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


if __name__ == "__main__":
    main(measure)
