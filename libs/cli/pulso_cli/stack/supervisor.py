"""Keeps the processes of a stack running, and stops them in order."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pulso_cli.stack.child import Child, ChildFailed, ProcessSpec, RestartPolicy
from pulso_cli.stack.logfile import rotate

LOG_CHECK_SECONDS = 10.0


@dataclass(frozen=True)
class Running:
    """One process as it is now; `pid` is None between a death and the next start."""

    name: str
    pid: int | None
    restarts: int


class Supervisor:
    """Starts processes one by one, keeps them running and stops them one after the other.

    Args:
        stop_order: The names in the order in which they are stopped.
        grace_seconds: How long each may take to end by itself.
        policy: How a process that died is started again.
        on_change: Called when a process has been started or started anew.
    """

    def __init__(
        self,
        *,
        stop_order: Sequence[str],
        grace_seconds: float,
        policy: RestartPolicy | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._stop_order = tuple(stop_order)
        self._grace_seconds = grace_seconds
        self._policy = policy or RestartPolicy()
        self._on_change = on_change
        self._children: dict[str, Child] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: asyncio.Future[ChildFailed] = asyncio.get_running_loop().create_future()
        self._rotation = asyncio.create_task(self._rotate_logs())

    def start(self, spec: ProcessSpec) -> None:
        """Starts one process and keeps it running from now on."""
        child = Child(spec, self._policy, self._on_change)
        self._children[spec.name] = child
        self._tasks[spec.name] = asyncio.create_task(self._keep(child), name=spec.name)

    async def failure(self) -> ChildFailed:
        """Waits for a process that cannot be kept running."""
        return await asyncio.shield(self._failed)

    @property
    def processes(self) -> list[Running]:
        """The processes in the order of their start."""
        return [Running(name, child.pid, child.restarts) for name, child in self._children.items()]

    async def stop(self) -> None:
        """Stops one process after the other; returns when none is left."""
        self._rotation.cancel()
        for name in self._stop_order:
            if name in self._children:
                await self._children[name].stop(self._grace_seconds)
                await self._tasks[name]
        with suppress(asyncio.CancelledError):
            await self._rotation

    def kill(self) -> None:
        """Ends all at once."""
        for child in self._children.values():
            child.kill()

    async def _keep(self, child: Child) -> None:
        try:
            await child.keep()
        except ChildFailed as failure:
            if not self._failed.done():
                self._failed.set_result(failure)

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.sleep(LOG_CHECK_SECONDS)
            for child in self._children.values():
                with suppress(OSError):  # a full disk must not end the stack: the next turn tries again
                    await asyncio.to_thread(rotate, child.spec.log)
