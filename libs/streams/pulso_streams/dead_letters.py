"""Messages that could not be processed: look at them, send them again, or drop them."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from pulso_streams.connection import Client
from pulso_streams.errors import server_call
from pulso_streams.message import Malformed, Message
from pulso_streams.scripts import REPLAY
from pulso_streams.stream import Stream

_CHUNK = 200
_ID = re.compile(r"(?P<shard>\d{1,3}):(?P<entry>\d{1,19}-\d{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead message and what is known about its death.

    Attributes:
        id: names the letter for ``replay`` and ``drop``: shard and entry id.
        message: what was published; None when the entry cannot be decoded.
        error: the last error, without any text of the message.
        deliveries: how often it was tried.
        origin: its entry id in the stream that it came from.
        group: the consumer group that gave it up.
        died_at: when it was moved here.
    """

    id: str
    message: Message | None
    error: str
    deliveries: int
    origin: str
    group: str
    died_at: datetime

    @classmethod
    def decoded(cls, shard: int, entry: str, fields: Mapping[bytes, bytes]) -> Self:
        """The letter in an entry of a shard's dead letters."""
        try:
            message = Message.decoded(fields)
        except Malformed:
            message = None
        return cls(
            id=f"{shard}:{entry}",
            message=message,
            error=fields.get(b"dead-error", b"").decode(errors="replace"),
            deliveries=int(fields.get(b"dead-deliveries", b"0")),
            origin=fields.get(b"dead-origin", b"").decode(errors="replace"),
            group=fields.get(b"dead-group", b"").decode(errors="replace"),
            died_at=datetime.fromtimestamp(int(entry.partition("-")[0]) / 1000, UTC),
        )


class DeadLetters:
    """The dead letters of one stream.

    Every call raises ``StreamUnavailable`` while the server is out of reach, and ``ValueError`` for an id
    that no letter of this stream can have.
    """

    def __init__(self, client: Client, stream: Stream) -> None:
        self.stream = stream
        self._client = client

    async def count(self) -> int:
        """How many there are."""
        with server_call():
            keys = map(self.stream.dead_key, range(self.stream.shards))
            return sum(await asyncio.gather(*(self._client.xlen(key) for key in keys)))

    async def page(self, after: str | None = None, limit: int = 50) -> tuple[list[DeadLetter], str | None]:
        """Letters by shard, oldest first.

        Args:
            after: the cursor that the previous page gave.
            limit: most letters on the page.

        Returns:
            The letters, and the cursor of the next page or None after the last.

        Raises:
            ValueError: the cursor is none of ours, or the limit is not positive.
        """
        if limit < 1:
            raise ValueError("a page has at least one letter")
        shard, start = self._place(after) if after else (0, "")
        letters: list[DeadLetter] = []
        while shard < self.stream.shards:
            letters += await self._range(shard, f"({start}" if start else "-", "+", limit - len(letters))
            if len(letters) == limit:
                return letters, letters[-1].id
            shard, start = shard + 1, ""
        return letters, None

    async def replay(self, ids: Sequence[str]) -> int:
        """Send these again as new entries of the stream; returns how many there were."""
        return await self._each_shard(ids, self._replay_shard)

    async def drop(self, ids: Sequence[str]) -> int:
        """Delete these for ever; returns how many there were."""
        return await self._each_shard(ids, self._drop_shard)

    async def replay_all(self) -> int:
        """Send again all that are dead now; what dies again meanwhile stays."""
        return sum([await self.replay(chunk) async for chunk in self._now()])

    async def drop_all(self) -> int:
        """Delete all that are dead now."""
        return sum([await self.drop(chunk) async for chunk in self._now()])

    async def _now(self) -> AsyncIterator[list[str]]:
        for shard in range(self.stream.shards):
            newest = await self._newest(shard)
            start, end = "-", newest or "0"
            while chunk := await self._range(shard, start, end, _CHUNK):
                yield [letter.id for letter in chunk]
                start = f"({chunk[-1].id.partition(':')[2]}"

    async def _newest(self, shard: int) -> str | None:
        with server_call():
            entries: Any = await self._client.xrevrange(self.stream.dead_key(shard), count=1)
        return entries[0][0].decode() if entries else None

    async def _range(self, shard: int, start: str, end: str, limit: int) -> list[DeadLetter]:
        with server_call():
            entries: Any = await self._client.xrange(self.stream.dead_key(shard), start, end, limit)
        return [DeadLetter.decoded(shard, entry.decode(), fields) for entry, fields in entries]

    async def _replay_shard(self, shard: int, entries: list[str]) -> int:
        keys = [self.stream.key(shard), self.stream.dead_key(shard)]
        return int(await REPLAY(self._client, keys, entries))

    async def _drop_shard(self, shard: int, entries: list[str]) -> int:
        with server_call():
            return int(await self._client.xdel(self.stream.dead_key(shard), *entries))

    async def _each_shard(self, ids: Sequence[str], act: Callable[[int, list[str]], Awaitable[int]]) -> int:
        shards: dict[int, list[str]] = {}
        for letter_id in ids:
            shard, entry = self._place(letter_id)
            shards.setdefault(shard, []).append(entry)
        return sum([await act(shard, entries) for shard, entries in shards.items()])

    def _place(self, letter_id: str) -> tuple[int, str]:
        found = _ID.fullmatch(letter_id)
        if not found or int(found["shard"]) >= self.stream.shards:
            raise ValueError(f"not the id of a dead letter of {self.stream.name!r}: {letter_id[:50]!r}")
        return int(found["shard"]), found["entry"]
