"""What can go wrong with a stream, and the translation of the client's many errors into it."""

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
def stream_errors() -> Iterator[None]:
    """Turn the client's errors into this package's; a programming error stays what it is."""
    try:
        yield
    except (RedisError, RedisClusterException, OSError) as error:
        code = str(error).partition(" ")[0]
        if isinstance(error, _TROUBLE) or code in _TROUBLE_CODES:
            raise StreamUnavailable(_reason(error, code)) from error
        if isinstance(error, ResponseError) and code == "NOGROUP":
            raise GroupMissing from error
        raise


def _reason(error: Exception, code: str) -> str:
    # The class and the server's code only: messages may quote addresses, keys or arguments.
    return f"{type(error).__name__} {code}" if code in _TROUBLE_CODES else type(error).__name__
