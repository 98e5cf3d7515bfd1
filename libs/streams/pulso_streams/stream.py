"""The name of a stream and the keys of its shards."""

from dataclasses import dataclass
from zlib import crc32

from pulso_streams.connection import Client, is_cluster


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream in ``shards`` parts, each a key of its own.

    The hash tag of a key is only the number of its shard, so on a cluster shard 3 of every stream lives in
    the same slot: an entry can move from one stream to the next in one atomic step.

    Attributes:
        name: the first part of every key, such as ``feedback``.
        shards: how many parts; fixed for the life of the data, and the same for streams that hand over.
    """

    name: str
    shards: int = 4

    def __post_init__(self) -> None:
        if not self.name or set(self.name) & set("{}: \n"):
            raise ValueError(f"a stream's name is one plain word, not {self.name!r}")
        if not 1 <= self.shards <= 256:
            raise ValueError(f"a stream has 1 to 256 shards, not {self.shards}")

    def shard_of(self, message_id: str) -> int:
        """The shard of a message: the same in every process and every release."""
        return crc32(message_id.encode()) % self.shards

    def key(self, shard: int) -> str:
        """The entries of a shard."""
        return f"{self.name}:{{{shard}}}"

    def dead_key(self, shard: int) -> str:
        """The dead letters of a shard."""
        return f"{self.name}:{{{shard}}}:dead"

    def errors_key(self, shard: int) -> str:
        """The last error of each entry of a shard that failed and will be tried again."""
        return f"{self.name}:{{{shard}}}:errors"

    def seen_key(self, message_id: str) -> str:
        """The mark of a message that was published not long ago."""
        return f"{self.name}:{{{self.shard_of(message_id)}}}:seen:{message_id}"

    def neighbourhoods(self, client: Client) -> list[list[int]]:
        """The shards that one call may touch together: all of them on one server, each alone on a cluster."""
        shards = list(range(self.shards))
        return [[shard] for shard in shards] if is_cluster(client) else [shards]
