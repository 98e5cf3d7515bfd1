"""Where rates are counted: one Redis URL, as all services take it, to a storage of `limits`."""

from typing import Any

from limits.storage import storage_from_string


def counter_store(url: str) -> Any:
    """The asynchronous storage; nothing connects yet.

    `limits` has no schemes for TLS to a Sentinel set or a cluster, takes a database's number for a part of
    the primary's name, and gives the primary's password to the sentinels too.

    Args:
        url: `redis://` or `rediss://`, each also with `+cluster` or `+sentinel`: see `pulso_streams.connect`.
    """
    scheme, _, rest = url.partition("://")
    protocol, _, topology = scheme.partition("+")
    options: dict[str, Any] = {"implementation": "redispy", "key_prefix": "pulso-rates"}
    if not topology:
        return storage_from_string(f"async+{url}", **options)
    if protocol == "rediss":
        options["ssl"] = True
    if topology == "sentinel":
        hosts, _, path = rest.partition("/")
        primary, _, database = path.partition("/")
        rest = f"{hosts}/{primary}"
        options |= {"db": int(database or 0), "sentinel_kwargs": {"username": None, "password": None}}
    return storage_from_string(f"async+redis+{topology}://{rest}", **options)


async def close_store(store: Any) -> None:
    """Closes all connections, those to sentinels too: the client of a primary leaves them open."""
    await store.bridge.get_connection().aclose()
    discovery = getattr(store.bridge, "sentinel", None)
    for sentinel in discovery.sentinels if discovery is not None else ():
        await sentinel.aclose()
