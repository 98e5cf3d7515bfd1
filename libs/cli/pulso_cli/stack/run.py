"""Runs the whole stack in one supervising process, from the first start to the last stop."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from pulso_cli.failures import CommandFailed
from pulso_cli.stack.child import ChildFailed
from pulso_cli.stack.credentials import Credentials, load_credentials
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import exclusive
from pulso_cli.stack.ports import LOOPBACK, free_ports, require_free
from pulso_cli.stack.private_file import write_private
from pulso_cli.stack.readiness import wait_until_ready
from pulso_cli.stack.services import (
    GRACE_SECONDS,
    PROCESSES,
    STOP_ORDER,
    redis_url,
    scrape_targets,
    service_specs,
)
from pulso_cli.stack.state import ProcessState, StackState
from pulso_cli.stack.supervisor import Supervisor
from pulso_cli.stack.valkey import valkey_spec, wait_for_valkey

_ENDS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


class Narrator(Protocol):
    """Tells the user what happens."""

    def waiting(self, names: list[str]) -> None:
        """These are not ready yet; empty when all are."""

    def ready(self, state: StackState) -> None:
        """The stack serves. Runs in a thread of its own and may take its time."""

    def stopping(self) -> None:
        """A signal came: the processes are being stopped."""


def run_stack(layout: Layout, port: int, narrator: Narrator) -> None:
    """Runs until SIGINT, SIGTERM or SIGHUP; a second signal ends the processes at once, later ones nothing.

    Raises:
        CommandFailed: Another stack holds the directory, the port is taken, or a process cannot be kept
            running. No process of the stack is left in any case.
    """
    layout.prepare(list(PROCESSES))
    with exclusive(layout.lock):
        require_free(port)
        ports = dict(zip(PROCESSES, [*free_ports(len(PROCESSES) - 1), port], strict=True))
        credentials = load_credentials(layout)
        write_private(layout.api_key, credentials.admin_key + "\n")
        write_private(layout.scrape_targets, scrape_targets(ports))
        try:
            asyncio.run(_Stack(layout, ports, credentials, narrator).run())
        finally:
            for number in _ENDS:  # nothing is left to stop: a second Ctrl-C that comes late is no failure
                signal.signal(number, signal.SIG_IGN)
            layout.state.unlink(missing_ok=True)
            layout.scrape_targets.unlink(missing_ok=True)


class _Stack:
    def __init__(
        self, layout: Layout, ports: dict[str, int], credentials: Credentials, narrator: Narrator
    ) -> None:
        self._layout = layout
        self._ports = ports
        self._credentials = credentials
        self._narrator = narrator
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._ready = False

    async def run(self) -> None:
        """From the start of Valkey to the end of the last process."""
        supervisor = Supervisor(
            stop_order=STOP_ORDER, grace_seconds=GRACE_SECONDS, on_change=self._changed.set
        )
        self._listen_to_signals(supervisor.kill)
        recorder = asyncio.create_task(self._record(supervisor))
        try:
            await self._until_stopped(supervisor)
        except ChildFailed as failure:
            raise CommandFailed(_explanation(failure)) from failure
        finally:
            self._narrator.stopping()
            await supervisor.stop()
            recorder.cancel()
            with suppress(asyncio.CancelledError):
                await recorder

    async def _until_stopped(self, supervisor: Supervisor) -> None:
        """Runs the start-up and what follows; a signal or a lost process ends it wherever it stands."""
        stopped = asyncio.create_task(self._stop.wait())
        lost = asyncio.create_task(supervisor.failure())
        try:
            for step in (partial(self._start, supervisor), self._serve):
                if not await _finished_before(step(), stopped, lost):
                    break
            if lost.done():
                raise lost.result()
        finally:
            stopped.cancel()
            lost.cancel()

    async def _start(self, supervisor: Supervisor) -> None:
        port, password = self._ports["valkey"], self._credentials.redis_password
        supervisor.start(await asyncio.to_thread(valkey_spec, self._layout, port, password))
        await wait_for_valkey(port, password)
        for spec in service_specs(self._layout, self._ports, self._credentials):
            supervisor.start(spec)
        await wait_until_ready(self._url, self._narrator.waiting)

    async def _serve(self) -> None:
        self._ready = True
        self._changed.set()
        await asyncio.to_thread(self._narrator.ready, self._state([]))
        await asyncio.Event().wait()  # for ever: only a signal or a lost process ends a stack that serves

    def _listen_to_signals(self, kill: Callable[[], None]) -> None:
        def heard() -> None:
            if self._stop.is_set():
                kill()
            self._stop.set()

        loop = asyncio.get_running_loop()
        for number in _ENDS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` asks
                loop.add_signal_handler(number, heard)

    @property
    def _url(self) -> str:
        return f"http://{LOOPBACK}:{self._ports['gateway']}"

    def _state(self, processes: list[ProcessState]) -> StackState:
        return StackState(
            pid=os.getpid(),
            url=self._url,
            redis_url=redis_url(self._ports["valkey"], self._credentials.redis_password),
            ready=self._ready,
            processes=processes,
        )

    async def _record(self, supervisor: Supervisor) -> None:
        started = self._state([]).started_at
        while True:
            await self._changed.wait()
            self._changed.clear()
            processes = [
                ProcessState(name=now.name, pid=now.pid, port=self._ports[now.name], restarts=now.restarts)
                for now in supervisor.processes
            ]
            state = self._state(processes).model_copy(update={"started_at": started})
            with suppress(OSError):  # a full disk must not end the stack
                await asyncio.to_thread(state.write, self._layout.state)


async def _finished_before(step: Coroutine[Any, Any, None], *ends: asyncio.Task[Any]) -> bool:
    """Awaits the step; False, and the step is cancelled, when one of `ends` comes first."""
    task = asyncio.create_task(step)
    await asyncio.wait([task, *ends], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
        return True
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return False


def _explanation(failure: ChildFailed) -> str:
    log = "\n".join(f"  {line}" for line in failure.log_tail)
    return f"The stack was stopped: {failure}. The end of {failure.log}:\n{log}"
