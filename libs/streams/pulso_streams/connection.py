"""One URL to a client: a single server, a Sentinel set or a cluster."""

from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from redis.asyncio import Redis, RedisCluster, Sentinel
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError  # noqa: A004

from pulso_streams.errors import server_call

Client: TypeAlias = Redis | RedisCluster

#: Seconds until an unanswered call counts as failed. Blocking reads must be shorter.
SOCKET_TIMEOUT = 10.0


class _Cluster(RedisCluster):
    """redis-py 8.1's client, without two of its surprises.

    A keyed command that comes before the client knows the cluster goes to any node; the answers MOVED then
    make it close connections that other tasks are using. And a connection that is closed while a task opens
    it fails with an AttributeError.
    """

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        await self.initialize()
        try:
            return await super().execute_command(*args, **kwargs)
        except AttributeError as error:
            raise ConnectionError("connection closed while it was opened") from error


class _SentinelPrimary(Redis):
    """The client of a primary; closing it closes the connections to the sentinels too."""

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        pool: Any = self.connection_pool
        await pool.sentinel_manager.aclose()


def connect(url: str) -> Client:
    """Make a client for ``url``; nothing is sent yet, so a server that is down does not matter here.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://`` for one server; ``redis+cluster://host:port`` (any
            node) for a cluster; ``redis+sentinel://host:port[,host:port]/name[/database]`` for the primary
            that Sentinel calls ``name``. The last two exist with ``rediss+`` for TLS.

    Raises:
        ValueError: the scheme is unknown, or the name of the primary is missing.
    """
    scheme = urlsplit(url).scheme
    protocol, _, topology = scheme.partition("+")
    if scheme == "unix" or (protocol in ("redis", "rediss") and topology == ""):
        return Redis.from_url(url, **_options())
    if protocol in ("redis", "rediss") and topology == "cluster":
        return _Cluster.from_url(url.replace(scheme, protocol, 1), **_options())
    if protocol in ("redis", "rediss") and topology == "sentinel":
        return _sentinel(url, tls=protocol == "rediss")
    raise ValueError(f"unknown scheme of a Redis URL: {scheme!r}")


def is_cluster(client: Client) -> bool:
    """Whether keys of different shards may live on different servers."""
    return isinstance(client, RedisCluster)


async def ping(client: Client) -> None:
    """Ask the server for a sign of life.

    Raises:
        StreamUnavailable: it gave none.
    """
    with server_call():
        await client.execute_command("PING")


def _options() -> dict[str, Any]:
    return {
        "socket_timeout": SOCKET_TIMEOUT,
        "socket_connect_timeout": 3.0,
        "health_check_interval": 15,
        "decode_responses": False,
        "protocol": 2,
        # Enough to step over a dropped connection. A longer outage is the caller's to wait out or to report.
        "retry": Retry(
            ExponentialWithJitterBackoff(base=0.02, cap=0.2), retries=2, supported_errors=(ConnectionError,)
        ),
    }


def _sentinel(url: str, *, tls: bool) -> Redis:
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    service, _, database = parts.path.strip("/").partition("/")
    if not service:
        raise ValueError("a Sentinel URL names its primary: redis+sentinel://host:port/name")
    sentinels = [(host.partition(":")[0], int(host.partition(":")[2] or 26379)) for host in hosts.split(",")]
    options = _options() | {
        "username": unquote(user) or None,
        "password": unquote(password) or None,
        "db": int(database or 0),
        "ssl": tls,
    }
    discovery = Sentinel(sentinels, sentinel_kwargs={"socket_timeout": 3.0})  # type: ignore[no-untyped-call]
    primary: Redis = discovery.master_for(service, redis_class=_SentinelPrimary, **options)
    return primary
