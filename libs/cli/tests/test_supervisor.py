"""The supervisor with real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from pulso_cli.stack.child import ProcessSpec, RestartPolicy
from pulso_cli.stack.logfile import open_log, rotate, tail
from pulso_cli.stack.supervisor import Supervisor

FAST = RestartPolicy(first_delay_seconds=0.01, longest_delay_seconds=0.02, early_deaths=3)
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def python(name: str, folder: Path, code: str, **environment: str) -> ProcessSpec:
    return ProcessSpec(
        name, (sys.executable, "-c", code), log=folder / f"{name}.log", environment=environment
    )


async def until(condition, seconds: float = 20.0):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "condition not met in time"
        await asyncio.sleep(0.01)
    return value


@asynccontextmanager
async def supervising(*names: str, grace: float = 10.0):
    supervisor = Supervisor(stop_order=names, grace_seconds=grace, policy=FAST)
    try:
        yield supervisor
    finally:
        await supervisor.stop()


def pid_of(supervisor: Supervisor, name: str) -> int | None:
    return {now.name: now.pid for now in supervisor.processes}[name]


async def test_a_killed_process_is_started_anew(tmp_path):
    async with supervising("one") as supervisor:
        supervisor.start(python("one", tmp_path, SLEEPER))
        first = await until(lambda: pid_of(supervisor, "one"))
        os.kill(first, signal.SIGKILL)
        second = await until(lambda: (pid := pid_of(supervisor, "one")) and pid != first and pid)
        assert psutil.pid_exists(second)
        assert supervisor.processes[0].restarts == 1
    assert not psutil.pid_exists(second)


async def test_a_crash_loop_is_given_up_with_the_end_of_the_log(tmp_path):
    async with supervising("one") as supervisor:
        supervisor.start(python("one", tmp_path, "print('no disk'); raise SystemExit(7)"))
        failure = await asyncio.wait_for(supervisor.failure(), 20)
    assert str(failure) == "one died 3 times in a row soon after its start (status 7)"
    assert failure.log_tail == ["no disk"] * 3


async def test_refused_settings_are_not_tried_again(tmp_path):
    async with supervising("one") as supervisor:
        supervisor.start(python("one", tmp_path, "print('PULSO_PORT: wrong'); raise SystemExit(2)"))
        failure = await asyncio.wait_for(supervisor.failure(), 20)
    assert str(failure) == "one refuses its settings"
    assert failure.log_tail == ["PULSO_PORT: wrong"]


async def test_processes_stop_in_the_given_order_and_a_stubborn_one_is_killed(tmp_path):
    witness = tmp_path / "order"
    polite = (
        "import os, signal, sys, time\n"
        "def end(*_):\n"
        "    open(os.environ['WITNESS'], 'a').write(os.environ['NAME'] + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(600)"
    )
    async with supervising("c", "stubborn", "a", "b", grace=0.5) as supervisor:
        for name in ("a", "b", "c"):
            supervisor.start(python(name, tmp_path, polite, NAME=name, WITNESS=str(witness)))
        supervisor.start(python("stubborn", tmp_path, STUBBORN))
        await until(lambda: all(tail(tmp_path / f"{n}.log") == ["up"] for n in ("a", "b", "c", "stubborn")))
        pids = [now.pid for now in supervisor.processes]
    assert witness.read_text() == "c a b "
    assert not any(psutil.pid_exists(pid) for pid in pids)


async def test_stop_while_a_process_waits_for_its_next_start(tmp_path):
    supervisor = Supervisor(
        stop_order=["one"],
        grace_seconds=5,
        policy=RestartPolicy(first_delay_seconds=600, longest_delay_seconds=600),
    )
    supervisor.start(python("one", tmp_path, "print('gone')"))
    await until(lambda: tail(tmp_path / "one.log") and pid_of(supervisor, "one") is None)
    await asyncio.wait_for(supervisor.stop(), 20)
    assert tail(tmp_path / "one.log") == ["gone"]


@pytest.mark.skipif(sys.platform != "linux", reason="parent death signals exist on Linux only")
def test_no_process_outlives_a_supervisor_that_is_killed(tmp_path):
    log = tmp_path / "one.log"
    code = f"""
import asyncio, sys
from pathlib import Path
from pulso_cli.stack.child import ProcessSpec
from pulso_cli.stack.supervisor import Supervisor

async def main():
    supervisor = Supervisor(stop_order=["one"], grace_seconds=5)
    supervisor.start(ProcessSpec("one", (sys.executable, "-c", {STUBBORN!r}), log=Path({str(log)!r})))
    await asyncio.sleep(600)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        try:
            asyncio.run(until(lambda: tail(log) == ["up"]))
            (child,) = psutil.Process(parent.pid).children()
        finally:
            parent.kill()
    asyncio.run(until(lambda: not child.is_running()))


def test_a_long_log_is_cut_under_the_process_that_writes_it(tmp_path):
    log = tmp_path / "one.log"
    descriptor = open_log(log)
    try:
        os.write(descriptor, b"old\n" * 100)
        assert not rotate(log, max_bytes=400)
        os.write(descriptor, b"older\n")
        assert rotate(log, max_bytes=400)
        os.write(descriptor, b"new\n")
    finally:
        os.close(descriptor)
    assert log.read_text() == "new\n"
    assert (tmp_path / "one.log.1").read_text() == "old\n" * 100 + "older\n"
    assert log.stat().st_mode & 0o777 == 0o600
