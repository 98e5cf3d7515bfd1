"""An address as a Service of Kubernetes gives one."""

import asyncio
from itertools import cycle

from tests.fixtures.valkey_server import free_port
from tests.upgrades.deployment import Pod


class Address:
    """New connections go to the pods that it leads to, by turns; open ones stay with theirs."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._turns: cycle[Pod] = cycle(())
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def lead_to(self, *pods: Pod) -> None:
        self._turns = cycle(pods)
        if self._server is None:
            self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*self._open)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._open[task] = writer
        try:
            there, back = await asyncio.open_connection("127.0.0.1", next(self._turns).port)
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        except OSError:
            writer.close()
        finally:
            del self._open[task]


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass  # one side is gone, and so is the other one now
    finally:
        writer.close()
