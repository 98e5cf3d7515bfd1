"""What the stack keeps on disk, and who may have it."""

import json
import socket
import subprocess
import sys

import pytest
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.stack.credentials import load_credentials
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import exclusive, held
from pulso_cli.stack.ports import LOOPBACK, free_ports, require_free
from pulso_cli.stack.private_file import write_private
from pulso_cli.stack.services import PROCESSES, SERVICES, scrape_targets
from pulso_cli.stack.state import ProcessState, StackState, require_stack, running_stack


@pytest.fixture
def layout(tmp_path) -> Layout:
    layout = Layout.at(tmp_path / "stack")
    layout.prepare(["valkey"])
    return layout


def test_only_the_owner_can_enter_or_read(layout):
    write_private(layout.api_key, "pulso_x")
    assert layout.root.stat().st_mode & 0o777 == 0o700
    assert layout.api_key.stat().st_mode & 0o777 == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(layout):
    write_private(layout.state, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(layout.state, "\ud800")
    assert layout.state.read_text() == "old"
    assert {path.name for path in layout.root.iterdir()} == {"stack.json", "logs", "valkey"}


def test_a_data_directory_that_is_a_file_is_a_usage_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandFailed) as caught:
        Layout.at(tmp_path / "file").prepare([])
    assert caught.value.code is ExitCode.USAGE


def test_customer_key_lasts_and_everything_else_is_fresh(layout):
    first, second = load_credentials(layout), load_credentials(layout)
    assert first.customer_key == second.customer_key
    assert first.admin_key != second.admin_key
    assert first.redis_password != second.redis_password
    assert first.internal_token != second.internal_token
    assert layout.credentials.stat().st_mode & 0o777 == 0o600
    assert not any(secret in repr(first) for secret in (first.customer_key, first.admin_key))


@pytest.mark.parametrize("content", ["", "[]", "{}", "{oops"])
def test_a_damaged_secrets_file_is_never_replaced_silently(layout, content):
    layout.credentials.write_text(content)
    with pytest.raises(CommandFailed, match="damaged"):
        load_credentials(layout)
    assert layout.credentials.read_text() == content


def test_the_lock_ends_with_its_process(layout):
    code = (
        "import sys; from pathlib import Path; from pulso_cli.stack.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(layout.lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        assert held(layout.lock)
        with pytest.raises(CommandFailed, match="already runs"), exclusive(layout.lock):
            pass
        holder.kill()
    assert not held(layout.lock)
    with exclusive(layout.lock):
        assert held(layout.lock)


def test_a_state_file_without_a_living_stack_is_not_believed(layout):
    assert running_stack(layout) is None
    state = StackState(
        pid=1,
        url="http://x",
        redis_url="redis://:secret@x",
        processes=[ProcessState(name="trends", pid=2, port=3, restarts=0)],
    )
    state.write(layout.state)
    assert "secret" not in repr(state)
    with pytest.raises(CommandFailed) as caught:
        require_stack(layout)
    assert caught.value.code is ExitCode.NOT_RUNNING
    with exclusive(layout.lock):
        assert require_stack(layout) == state
        layout.state.write_text(json.dumps({"pid": "half"}))
        assert running_stack(layout) is None


def test_a_taken_port_is_a_usage_error():
    with (
        socket.create_server((LOOPBACK, 0)) as server,
        pytest.raises(CommandFailed, match="is taken") as caught,
    ):
        require_free(server.getsockname()[1])
    assert caught.value.code is ExitCode.USAGE


def test_free_ports_differ_and_stay_below_those_of_outgoing_connections():
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert max(ports) < 32_768


def test_prometheus_is_told_each_service_by_name_and_no_secret():
    ports = {name: 15_000 + number for number, name in enumerate(PROCESSES)}
    told = json.loads(scrape_targets(ports))
    assert {entry["labels"]["job"]: entry["targets"] for entry in told} == {
        name: [f"127.0.0.1:{ports[name]}"] for name in SERVICES
    }
