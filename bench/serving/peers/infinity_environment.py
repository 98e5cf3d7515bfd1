"""The virtual environment of Infinity, which needs NumPy 1 and transformers 4 where we have 2 and 5."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ENVIRONMENT: Final = Path(__file__).resolve().parents[3] / ".cache" / "peers" / "infinity"

_REQUIREMENTS = Path(__file__).with_name("infinity-requirements.txt")


def command(program: str, *arguments: str) -> Sequence[str]:
    """Return the command of a program of this folder in the environment, made at the first call (1.3 GB)."""
    python = ENVIRONMENT / "bin" / "python"
    installed = ENVIRONMENT / "installed.txt"
    wanted = _REQUIREMENTS.read_text(encoding="utf-8")
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT))
        _uv("pip", "install", "--quiet", "--python", str(python), "--requirement", str(_REQUIREMENTS))
        installed.write_text(wanted, encoding="utf-8")
    return [str(python), "-I", "-W", "ignore", str(Path(__file__).with_name(program)), *arguments]


def offline(threads: int) -> dict[str, str]:
    """Return the variables of a process that asks no hub for models, reports to nobody and logs little."""
    return os.environ | {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(ENVIRONMENT / "home"),
        "DO_NOT_TRACK": "1",
        "INFINITY_ANONYMOUS_USAGE_STATS": "0",
        "TRANSFORMERS_VERBOSITY": "error",
        "OMP_NUM_THREADS": str(threads),
    }


def _uv(*arguments: str) -> None:
    """Run uv, which does not read pip's settings, with the folder of wheels that pip has been given."""
    wheels = os.environ.get("PIP_FIND_LINKS")
    given = {"UV_FIND_LINKS": wheels} if wheels else {}
    subprocess.run(
        [str(Path(sys.executable).with_name("uv")), *arguments], env=given | os.environ, check=True
    )
