"""One process that is kept running."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pulso_cli.stack import tether
from pulso_cli.stack.logfile import open_log, tail

WRONG_SETTINGS = 2
"""The exit status of a service that refuses its settings: starting it again cannot help."""


@dataclass(frozen=True)
class ProcessSpec:
    """What to run. Secrets go in `environment` or files, never in `command`, which every user can read."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Added to the supervisor's own environment."""


@dataclass(frozen=True)
class RestartPolicy:
    """How often, how fast. A death is early when the process lived less than `settled_seconds`."""

    first_delay_seconds: float = 0.25
    longest_delay_seconds: float = 5.0
    settled_seconds: float = 15.0
    early_deaths: int = 5
    """So many early deaths in a row are a crash loop."""


class ChildFailed(Exception):
    """A process that cannot be kept running, with the end of its log."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name} {reason}")
        self.log_tail = tail(log)
        self.log = log


class Child:
    """Runs one process, again and again, until told to stop."""

    def __init__(
        self, spec: ProcessSpec, policy: RestartPolicy, on_start: Callable[[], None] = lambda: None
    ) -> None:
        self.spec = spec
        self.restarts = 0
        self._policy = policy
        self._on_start = on_start
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process id, None while it does not run."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else None

    async def keep(self) -> None:
        """Returns when `stop` has been called and the process is gone.

        Must be awaited on the main thread's loop: the kernel ties the process to the thread that started it.

        Raises:
            ChildFailed: It refuses its settings, or it dies early time after time.
        """
        early = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            status = await self._run_once()
            if self._stopping.is_set():
                return
            if status == WRONG_SETTINGS:
                raise ChildFailed(self.spec.name, "refuses its settings", self.spec.log)
            early = early + 1 if time.monotonic() - started < self._policy.settled_seconds else 1
            if early >= self._policy.early_deaths:
                reason = f"died {early} times in a row soon after its start ({_words(status)})"
                raise ChildFailed(self.spec.name, reason, self.spec.log)
            delay = min(
                self._policy.first_delay_seconds * 2 ** (early - 1), self._policy.longest_delay_seconds
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            self.restarts += 1

    async def stop(self, grace_seconds: float) -> None:
        """Asks with SIGTERM, and after the grace period ends it with SIGKILL."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), grace_seconds)
        except TimeoutError:
            self.kill()
            await process.wait()

    def kill(self) -> None:
        """Ends it at once, for good."""
        self._stopping.set()
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _run_once(self) -> int:
        log = open_log(self.spec.log)
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                str(Path(tether.__file__)),
                str(os.getpid()),
                *self.spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.spec.environment},
                # Its own session: Ctrl-C in the terminal reaches the supervisor alone, which stops in order.
                start_new_session=True,
            )
        finally:
            os.close(log)
        if self._stopping.is_set():  # `stop` came while the process was being made
            self.kill()
        self._on_start()
        return await self._process.wait()


def _words(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"
