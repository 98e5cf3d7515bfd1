"""`pulso up` for scripts: ready, alone on its directory, and gone without a trace."""

import signal
import socket
import time

import httpx
import psutil
import pytest
from pulso_cli.stack.ports import free_ports

pytestmark = pytest.mark.timeout(300)  # starting whole stacks, maybe beside other tests

PROCESSES = {"valkey", "ingest", "sentiment", "trends", "insights", "gateway"}


def test_sigterm_ends_every_process_and_data_and_ids_outlive_the_stack(start, eventually):
    first = start().wait()
    key_file = first.root / "api-key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert first.root.stat().st_mode & 0o777 == 0o700
    assert {process["name"] for process in first.state["processes"]} == PROCESSES
    with first.api() as api:
        item = {"text": "Bacán", "channel": "review", "source": "s", "external_id": "1", "customer_id": "ana"}
        given = api.post("/feedback", json=item).raise_for_status().json()
        eventually(lambda: first.indexed() == 1)
    old_key, processes = first.key, first.processes()
    assert len(processes) == len(PROCESSES)
    assert first.stop() == 0, first.output.read_text()
    assert not any(process.is_running() for process in processes)
    assert not (first.root / "stack.json").exists()

    second = start().wait()
    assert second.key != old_key
    assert second.answer_to(old_key) == 401
    with second.api() as api:
        assert api.post("/feedback", json=item).raise_for_status().json()["id"] == given["id"]
        assert second.indexed() == 1


def test_sigkill_of_the_supervisor_leaves_no_process(start, eventually):
    stack = start().wait()
    processes = stack.processes()
    stack.kill()
    eventually(lambda: not any(process.is_running() for process in processes))


def test_ctrl_c_again_ends_at_once_however_often_and_late_it_comes(start, eventually):
    stack = start()
    processes = eventually(lambda: len(stack.processes()) == len(PROCESSES) and stack.processes())
    stack.process.send_signal(signal.SIGINT)
    stack.printed("Stopping")  # two signals at once may reach a process as one
    deadline = time.monotonic() + 60
    while stack.process.poll() is None:
        assert time.monotonic() < deadline, stack.output.read_text()
        stack.process.send_signal(signal.SIGINT)
        time.sleep(0.002)
    assert stack.process.returncode == 0, stack.output.read_text()
    assert not any(process.is_running() for process in processes)


def test_a_killed_service_comes_back_and_status_tells(start, eventually):
    stack = start().wait()
    pids = {process["name"]: process["pid"] for process in stack.state["processes"]}
    psutil.Process(pids["trends"]).kill()
    eventually(lambda: {p["name"]: p["restarts"] for p in stack.state["processes"]}["trends"] == 1)
    stack.wait()
    with stack.api() as api:
        api.post("/feedback", json={"text": "Sigue bacán", "channel": "chat"}).raise_for_status()
    eventually(lambda: stack.indexed() == 1)


def test_a_second_stack_on_the_same_directory_is_refused_and_harms_nothing(start, pulso):
    stack = start().wait()
    key = stack.key
    refused = pulso("up", "--no-sample", "--data-dir", str(stack.root), "--port", str(stack.port + 1))
    assert refused.returncode == 1
    assert "already runs" in refused.stderr
    assert stack.key == key
    assert stack.indexed() == 0


def test_a_taken_port_is_told_before_anything_starts(tmp_path, pulso):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        refused = pulso("up", "--no-sample", "--data-dir", str(tmp_path / "d"), "--port", port)
    assert refused.returncode == 2
    assert refused.stderr.strip().endswith(
        f"Port {port} is taken or not allowed; choose another one with --port."
    )


def test_two_stacks_side_by_side_know_nothing_of_each_other(start, stack, eventually):
    other = start("other").wait()
    with other.api() as api:
        api.post(
            "/feedback", json={"text": "Solo aquí", "channel": "chat", "product": "aparte"}
        ).raise_for_status()
    eventually(lambda: other.indexed() == 1)
    with stack.api() as api:
        assert api.get("/feedback", params={"product": "aparte"}).json()["items"] == []
    assert stack.answer_to(other.key) == 401


def test_detached_until_down(tmp_path, pulso):
    root = str(tmp_path / "d")
    port = str(free_ports(1)[0])
    up = pulso("up", "--no-sample", "--detach", "--data-dir", root, "--port", port, PULSO_MODEL="dummy")
    try:
        assert up.returncode == 0, up.stderr
        assert f"http://127.0.0.1:{port}/" in up.stdout
        assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
        assert pulso("status", "--data-dir", root).returncode == 0
    finally:
        down = pulso("down", "--data-dir", root)
    assert down.returncode == 0, down.stderr
    assert pulso("down", "--data-dir", root).returncode == 3
    assert pulso("status", "--data-dir", root).returncode == 3


def test_a_service_that_refuses_its_settings_ends_the_stack_with_its_words(start):
    stack = start("stack", "--no-sample", PULSO_STREAM_SHARDS="0")
    assert stack.process.wait(60) == 1
    output = stack.output.read_text()
    assert "refuses its settings" in output
    assert "PULSO_STREAM_SHARDS" in output
    assert "Traceback" not in output
