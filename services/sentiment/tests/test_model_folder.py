import json
import shutil
from pathlib import Path

import pytest
from pulso_sentiment.model import ModelError, load_model
from pulso_sentiment.model.checksums import write_sums
from pulso_sentiment.model.threads import cpu_limit
from pulso_sentiment.settings import DEFAULT_MODEL


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_MODEL, tmp_path / "model"))


def test_a_changed_file_is_refused(copied: Path):
    with (copied / "model.bin").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    with pytest.raises(ModelError, match=r"model\.bin is absent or differs"):
        load_model(str(copied))


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "SHA256SUMS"])
def test_a_missing_file_is_refused(copied: Path, name: str):
    (copied / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_model(str(copied))


def test_a_model_of_another_preprocessing_is_refused(copied: Path):
    card = json.loads((copied / "model.json").read_text())
    (copied / "model.json").write_text(json.dumps(card | {"preprocess_version": 99}))
    write_sums(copied)
    with pytest.raises(ModelError, match="needs preprocess version 99"):
        load_model(str(copied))


def test_a_card_that_is_none_is_refused(copied: Path):
    (copied / "model.json").write_text("{}")
    write_sums(copied)
    with pytest.raises(ModelError, match="is not a model card: name, version"):
        load_model(str(copied))


@pytest.mark.parametrize("name", ["nowhere", "/no/such/folder", "."])
def test_what_is_no_model_is_refused(name: str):
    with pytest.raises(ModelError):
        load_model(name)


@pytest.mark.parametrize(
    ("text", "limit"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", None), ("nonsense", None)]
)
def test_threads_follow_the_cgroup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, limit: int | None
):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)))
    (tmp_path / "cpu.max").write_text(text)
    assert cpu_limit(tmp_path / "cpu.max") == (limit or 8)
    assert cpu_limit(tmp_path / "absent") == 8
