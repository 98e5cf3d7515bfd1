"""Prometheus and promtool: those of the PATH, or else the ones of Debian's package, unpacked without root."""

import fcntl
import shutil
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
CACHE: Final = ROOT / ".cache" / "prometheus"
_DOWNLOAD_SECONDS = 300


class NotInstalled(Exception):
    """The program is not there and cannot be fetched."""


def program(name: str) -> Path:
    """The path of `prometheus` or `promtool`.

    Raises:
        NotInstalled: It is not on the PATH, and this is no Debian or Ubuntu that could fetch it.
    """
    if found := shutil.which(name):
        return Path(found)
    unpacked = CACHE / "usr" / "bin" / name
    if not unpacked.exists():
        _unpack_package()
    return unpacked


def _unpack_package() -> None:
    """Downloads the package `prometheus`, checked by apt as any other, into the cache folder."""
    if shutil.which("apt-get") is None:
        raise NotInstalled("prometheus and promtool are not on the PATH; install Prometheus 2.42 or newer")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may need it at once
        if (CACHE / "usr").exists():
            return
        if not _apt("download", "prometheus", lists=None):
            own = CACHE / "lists"  # the machine's lists are missing or old, and only root may renew them
            (own / "partial").mkdir(parents=True, exist_ok=True)
            if not (_apt("update", lists=own) and _apt("download", "prometheus", lists=own)):
                raise NotInstalled(
                    "apt cannot download the package prometheus; install Prometheus 2.42 or newer"
                )
        package = next(CACHE.glob("prometheus_*.deb"))
        unpacking = CACHE / "unpacking"
        subprocess.run(["dpkg", "-x", package, unpacking], check=True)
        (unpacking / "usr").rename(CACHE / "usr")  # at once: whoever sees the folder sees all of it
        for rest in (unpacking, CACHE / "lists", CACHE / "apt"):
            shutil.rmtree(rest, ignore_errors=True)
        package.unlink()


def _apt(*command: str, lists: Path | None) -> bool:
    options = ["-q", "-o", "APT::Sandbox::User=root", "-o", f"Dir::Cache={CACHE / 'apt'}"]
    if lists is not None:
        options += ["-o", f"Dir::State::lists={lists}", "-o", "Debug::NoLocking=1"]
    run = subprocess.run(
        ["apt-get", *options, *command],
        cwd=CACHE,
        capture_output=True,
        check=False,
        timeout=_DOWNLOAD_SECONDS,
    )
    return run.returncode == 0
