"""The embedded Valkey as the stack runs it."""

import asyncio
from contextlib import asynccontextmanager

import psutil
import pytest
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.ports import LOOPBACK, free_ports
from pulso_cli.stack.supervisor import Supervisor
from pulso_cli.stack.valkey import valkey_spec, wait_for_valkey

PASSWORD = "f00d" * 16


async def command(port: int, *lines: str) -> list[bytes]:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write("".join(f"{line}\r\n" for line in lines).encode())
        return [await reader.readline() for _ in lines]
    finally:
        writer.close()


@asynccontextmanager
async def running(layout: Layout):
    supervisor = Supervisor(stop_order=["valkey"], grace_seconds=10)
    (port,) = free_ports(1)
    try:
        supervisor.start(valkey_spec(layout, port, PASSWORD))
        await wait_for_valkey(port, PASSWORD)
        yield supervisor, port
    finally:
        await supervisor.stop()


@pytest.fixture
def layout(tmp_path) -> Layout:
    layout = Layout.at(tmp_path / 'with "quotes" and spaces')
    layout.prepare(["valkey"])
    return layout


async def test_what_was_written_is_there_after_a_kill_and_after_a_stop(layout):
    async with running(layout) as (supervisor, port):
        assert await command(port, f"AUTH {PASSWORD}", "SET a 1") == [b"+OK\r\n", b"+OK\r\n"]
        psutil.Process(supervisor.processes[0].pid).kill()
        await wait_for_valkey(port, PASSWORD)
        assert await command(port, f"AUTH {PASSWORD}", "INCR a") == [b"+OK\r\n", b":2\r\n"]
    async with running(layout) as (_, port):
        assert await command(port, f"AUTH {PASSWORD}", "INCR a") == [b"+OK\r\n", b":3\r\n"]


async def test_it_asks_for_the_password_which_no_process_list_shows(layout):
    async with running(layout) as (supervisor, port):
        assert (await command(port, "SET a 1"))[0].startswith(b"-NOAUTH")
        assert not any(PASSWORD in part for part in psutil.Process(supervisor.processes[0].pid).cmdline())
        (connection,) = {c.laddr.ip for c in psutil.Process(supervisor.processes[0].pid).net_connections()}
        assert connection == LOOPBACK
