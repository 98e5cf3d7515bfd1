"""What can go wrong with a stream, and the translation of the client's many errors into it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    ClusterError,
    ConnectionError,  # noqa: A004
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004
    TryAgainError,
)

_TROUBLE = (
    BusyLoadingError,
    ClusterDownError,
    ClusterError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    TimeoutError,
    TryAgainError,
    OSError,
)
# Answers for which the client has no class of its own. MISCONF is a full or failing disk.
_TROUBLE_CODES = ("MISCONF", "OOM", "NOREPLICAS", "MASTERDOWN", "LOADING", "BUSY", "UNBLOCKED", "READONLY")
# How a RuntimeError of uvloop ends that tells of a connection closed under its writer, of which asyncio's own
# loop says nothing (MagicStack/uvloop#506).
_CLOSED = "the handler is closed"


class StreamError(Exception):
    """Base of this package's errors."""


class StreamFull(StreamError):
    """The stream is at its limit: nothing was accepted.

    Attributes:
        retry_after: seconds after which trying again is worth it.
    """

    def __init__(self, stream: str, retry_after: int = 5) -> None:
        super().__init__(f"stream {stream!r} is full")
        self.retry_after = retry_after


class StreamUnavailable(StreamError):
    """The server cannot be reached or cannot write now. Whether the last call took effect is unknown.

    Attributes:
        retry_after: seconds after which trying again is worth it.
    """

    def __init__(self, reason: str, retry_after: int = 2) -> None:
        super().__init__(f"stream server unavailable: {reason}")
        self.retry_after = retry_after


class GroupMissing(StreamError):
    """The consumer group is gone: the server restarted without its data."""


@contextmanager
def server_call() -> Iterator[None]:
    """Around each call of the client: its errors become this package's, and a cancellation takes effect.

    A programming error stays what it is. Up to Python 3.11 ``asyncio.wait_for``, with which the client sends,
    swallows a cancellation that comes just as it succeeds (python/cpython#86296): a loop that is cancelled at
    such a moment would never end.
    """
    task = asyncio.current_task()
    cancellations = task.cancelling() if task else 0
    try:
        yield
    except (RedisError, RedisClusterException, OSError) as error:
        code = str(error).partition(" ")[0]
        if isinstance(error, _TROUBLE) or code in _TROUBLE_CODES:
            raise StreamUnavailable(_reason(error, code)) from error
        if isinstance(error, ResponseError) and code == "NOGROUP":
            raise GroupMissing from error
        raise
    except RuntimeError as error:
        if not str(error).endswith(_CLOSED):
            raise
        raise StreamUnavailable("connection closed") from error
    if task and task.cancelling() > cancellations:
        raise asyncio.CancelledError


def _reason(error: Exception, code: str) -> str:
    # The class and the server's code only: messages may quote addresses, keys or arguments.
    return f"{type(error).__name__} {code}" if code in _TROUBLE_CODES else type(error).__name__
