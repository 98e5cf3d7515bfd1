"""The pages of a file that was read once go back to the system, and come again when they are needed."""

import mmap
from pathlib import Path

import psutil
import pytest
from pulso_sentiment.model import load_model
from pulso_sentiment.model.mapped_file import release_pages
from pulso_sentiment.settings import DEFAULT_MODEL

MEBIBYTE = 2**20


def resident(file: Path) -> int:
    return sum(each.rss for each in psutil.Process().memory_maps() if each.path == str(file))


@pytest.mark.parametrize("name", ["weights.bin", "with spaces and ñ.bin"])
def test_a_file_that_was_read_takes_no_memory_any_more(tmp_path: Path, name: str):
    file = tmp_path / name
    file.write_bytes(b"weights " * (MEBIBYTE // 8))
    other = tmp_path / "other.bin"
    other.write_bytes(bytes(MEBIBYTE))
    with (
        file.open("rb") as opened,
        other.open("rb") as beside,
        mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped,
        mmap.mmap(beside.fileno(), 0, prot=mmap.PROT_READ) as kept,
    ):
        assert mapped.rfind(b"W") == kept.rfind(b"W") == -1
        assert (resident(file), resident(other)) == (MEBIBYTE, MEBIBYTE)
        release_pages(file)
        assert (resident(file), resident(other)) == (0, MEBIBYTE)
        assert mapped[-8:] == b"weights "


def test_a_file_that_nobody_mapped_is_left_alone(tmp_path: Path):
    release_pages(tmp_path / "absent.bin")


def test_the_default_model_holds_its_matrices_once():
    model = load_model(DEFAULT_MODEL)
    model.warmup()
    assert resident(Path(DEFAULT_MODEL, "model.bin").resolve()) < 2 * MEBIBYTE
