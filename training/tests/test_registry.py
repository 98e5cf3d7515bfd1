"""Registered models are whole, immutable and known by what they hold."""

import json
import resource
from types import SimpleNamespace

import pytest
from pulso_sentiment.model import ModelCard
from pulso_sentiment.model.card import FileScores
from pulso_sentiment.model.checksums import write_sums
from pulso_training import tracking
from pulso_training.__main__ import main
from pulso_training.registry import RegistryError, entries, register, show


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "served"
    folder.mkdir()
    scores = {"made": FileScores(texts=10, macro_f1=0.7, accuracy=0.8)}
    card = ModelCard(name="tiny", version="tiny-1", runtime="openvino", precision="bf16", scores=scores)
    (folder / "model.json").write_text(card.model_dump_json())
    (folder / "model.bin").write_bytes(bytes(range(256)) * 400)
    (folder / "training.json").write_text(json.dumps({"fit": {"parameters": {"seed": 3}, "rows": 240}}))
    write_sums(folder)
    return folder


@pytest.fixture
def registry(tmp_path):
    return tmp_path / "registry"


def change(path, content):
    path.chmod(0o644)
    path.write_text(content)


def test_an_entry_holds_the_model_and_what_it_came_from(model, registry):
    entry, new = register(model, registry)
    assert new
    folder = registry / entry.content[:12]
    assert (folder / "model" / "model.bin").read_bytes() == (model / "model.bin").read_bytes()
    assert set(entry.files) == {"SHA256SUMS", "model.bin", "model.json", "training.json"}
    assert entry.version == "tiny-1"
    assert entry.metrics["made"]["macro_f1"] == 0.7
    assert entry.provenance["fit"]["rows"] == 240
    assert show(entry.id[:5], registry) == entry
    assert entries(registry) == [entry]


def test_nobody_may_write_to_an_entry(model, registry):
    entry, _ = register(model, registry)
    folder = registry / entry.id
    assert all(path.stat().st_mode & 0o222 == 0 for path in [folder, *folder.rglob("*")])


def test_the_same_content_again_changes_nothing(model, registry):
    first, _ = register(model, registry)
    again, new = register(model, registry)
    assert not new
    assert again == first


def test_other_content_is_another_entry(model, registry):
    first, _ = register(model, registry)
    (model / "model.bin").write_bytes(b"other")
    write_sums(model)
    second, new = register(model, registry)
    assert new
    assert {entry.id for entry in entries(registry)} == {first.id, second.id}


@pytest.mark.parametrize("name", ["model/model.bin", "model/added.txt"])
def test_a_file_that_was_changed_afterwards_shows(model, registry, name):
    entry, _ = register(model, registry)
    (registry / entry.id / "model").chmod(0o755)
    path = registry / entry.id / name
    if path.exists():
        path.chmod(0o644)
    path.write_text("changed")
    with pytest.raises(RegistryError, match=f"was changed after it had been registered: {path.name}"):
        show(entry.id, registry)


def test_a_figure_that_was_changed_afterwards_shows(model, registry):
    entry, _ = register(model, registry)
    path = registry / entry.id / "entry.json"
    change(path, path.read_text().replace("0.7", "0.9"))
    with pytest.raises(RegistryError, match="was changed after it had been registered"):
        show(entry.id, registry)


def test_a_model_that_differs_from_its_checksums_is_not_registered(model, registry):
    (model / "model.bin").write_bytes(b"half")
    with pytest.raises(RegistryError, match="differs from its checksum"):
        register(model, registry)
    assert not registry.exists()


def test_a_disk_that_fills_up_leaves_nothing_behind(model, registry):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(RegistryError, match="cannot be written"):
            register(model, registry)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(registry.iterdir()) == []
    assert register(model, registry)[1]


def test_commands_tell_what_they_did(model, registry, capsys):
    options = ["--registry", str(registry), "--mlflow", ""]
    for said in ("is registered", "was registered already"):
        with pytest.raises(SystemExit) as left:
            main(["register", str(model), *options])
        assert left.value.code == 0
        assert said in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["registry", "list", "--registry", str(registry)])
    name, _, version = capsys.readouterr().out.split()
    assert version == "tiny-1"
    with pytest.raises(SystemExit):
        main(["registry", "show", name, "--registry", str(registry)])
    assert json.loads(capsys.readouterr().out)["version"] == "tiny-1"


def test_without_mlflow_nothing_is_registered_and_the_reason_is_told(model, registry, capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mlflow", None)
    with pytest.raises(SystemExit) as left:
        main(["register", str(model), "--registry", str(registry), "--mlflow", "sqlite:///x.db"])
    assert left.value.code == 2
    assert "MLflow is asked for and not installed" in capsys.readouterr().err
    assert not registry.exists()


def test_parameters_and_scores_are_told_by_their_paths():
    content = SimpleNamespace(provenance={"fit": {"parameters": {"seed": 3}, "epochs": [1]}})
    assert dict(tracking._flat(content.provenance)) == {"fit.parameters.seed": 3}
    assert tracking._numbers({"made": {"macro_f1": 0.7, "name": "x"}}) == {"made.macro_f1": 0.7}
