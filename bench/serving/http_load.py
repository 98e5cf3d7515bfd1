"""HTTP load that costs little itself: prepared requests on kept connections, answers read but not parsed."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pulso_cli.stack.ports import LOOPBACK

OK: Final = 200


@dataclass(frozen=True)
class Answer:
    """What came of one request."""

    status: int
    seconds: float


def prepared(texts: Sequence[str]) -> bytes:
    """A request to score `texts`."""
    body = json.dumps({"texts": texts}, ensure_ascii=False).encode()
    head = "POST /sentiment HTTP/1.1\r\nHost: sentiment\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connects."""
        return cls(*await asyncio.open_connection(LOOPBACK, port, limit=2**22))

    async def ask(self, request: bytes) -> Answer:
        """Sends a request and reads the whole answer."""
        started = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await self._reader.readexactly(int(length))
        return Answer(int(head[9:12]), time.perf_counter() - started)

    def close(self) -> None:
        """Hangs up."""
        self._writer.close()


async def closed_loop(port: int, requests: Sequence[bytes], clients: int) -> float:
    """Returns the wall seconds in which so many clients, asking one request after the other, got all answers.

    Raises:
        RuntimeError: when one is refused or fails; it would count as a fast answer.
    """
    connections = [await Connection.open(port) for _ in range(clients)]
    waiting: Iterator[bytes] = iter(requests)

    async def client(connection: Connection) -> None:
        for request in waiting:
            answer = await connection.ask(request)
            if answer.status != OK:
                raise RuntimeError(f"the service answers {answer.status} to {clients} clients")

    started = time.perf_counter()
    await asyncio.gather(*map(client, connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return seconds
