"""The service as a process: start, readiness, refusal to start, clean end, death of the engine."""

import signal
import time

import httpx
import psutil
import pytest
from pulso_cli.stack.ports import free_ports

pytestmark = pytest.mark.slow


def test_serves_the_default_model_and_ends_cleanly(start, redis_url):
    service = start(redis_url=redis_url).wait_until_ready()
    url, process = service.url, service.process
    answer = httpx.post(f"{url}/sentiment", json={"texts": ["Riquísimo todo, volveré"] * 256}, timeout=60)
    assert {result["sentiment"] for result in answer.json()["results"]} == {"positive"}
    vectors = httpx.post(f"{url}/embeddings", json={"texts": [f"plato {n}" for n in range(256)]}, timeout=60)
    assert len(vectors.json()["embeddings"]) == 256
    assert psutil.Process(process.pid).memory_info().rss < 500 * 2**20
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_is_not_ready_without_its_stream_but_scores(start):
    service = start(redis_url=f"redis://127.0.0.1:{free_ports(1)[0]}/0", model="dummy")
    url, process = service.url, service.process
    deadline = time.monotonic() + 60
    checks = None
    while checks is None and time.monotonic() < deadline:
        try:
            checks = httpx.get(f"{url}/readyz").json()["checks"]
        except httpx.TransportError:
            time.sleep(0.05)
    assert checks is not None
    assert checks["stream"] != "ok"
    assert checks["engine"] == "ok"
    assert httpx.get(f"{url}/healthz").status_code == 200
    assert httpx.post(f"{url}/sentiment", json={"texts": ["rico"]}).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("settings", "status", "reason"),
    [
        ({"model": "no-such-model"}, 3, "neither a model folder nor a hub id"),
        ({"role": "boss"}, 2, "PULSO_ROLE"),
        ({"cached_texts": "-1"}, 2, "PULSO_CACHED_TEXTS"),
    ],
)
def test_refuses_to_start_when_told_wrong(start, settings, status, reason):
    service = start(**settings)
    assert service.process.wait(60) == status
    assert reason in service.log.read_text()
