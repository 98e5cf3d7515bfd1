"""A thread of the engine that is watched: its death is told, never silent."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

Death = Callable[[str, BaseException | None], None]


class Stage:
    """Runs `work` in a thread of its own; when it ends, however it does, `ended` is called on the event loop.

    Catches also what `except Exception` does not: a SystemExit ends a thread without a word.
    """

    def __init__(self, name: str, work: Callable[[], None], ended: Death) -> None:
        self.name = name
        self._work = work
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._thread = Thread(target=self._run, name=name)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as raised:  # noqa: BLE001 - see the class
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._ended, self.name, error)
