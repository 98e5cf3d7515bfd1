"""What cannot be used is said in one sentence with status 2, and nothing is left half-written."""

import gzip
import json
import resource
import shutil
from pathlib import Path

import pytest
from pulso_training.__main__ import main
from pulso_training.checkpoint import CheckpointError, open_fitted, open_start
from pulso_training.corpus import Row
from pulso_training.recipe import RecipeError, read_recipe

RECIPE = """
about = "Tiny."
[rows]
files = ["ours"]
[parameters]
epochs = 2
batch = 16
max_tokens = 32
"""


@pytest.fixture
def recipe(tmp_path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def run(tiny_base, recipe, tmp_path, capsys):
    """Runs `fit` and returns its status and what it said where."""

    def call(*data, start=tiny_base, out="out"):
        files = [option for path in data for option in ("--data", str(path))]
        options = ["--recipe", str(recipe), *files, "--start", str(start), "--out", str(tmp_path / out)]
        with pytest.raises(SystemExit) as left:
            main(["fit", *options])
        return (left.value.code, *capsys.readouterr())

    return call


def refused(answer, said, tmp_path):
    status, _, errors = answer
    assert status == 2
    assert errors.count("\n") == 1
    assert said in errors
    assert not (tmp_path / "out").exists()


def test_a_company_trains_on_its_own_labels(run, labelled, tmp_path):
    status, told, errors = run(labelled)
    assert status == 0, errors
    assert "checkpoint in" in told
    record = json.loads((tmp_path / "out" / "fit.json").read_text())
    assert set(record["made_from"]["files"]) == {"ours.csv"}
    assert len(record["made_from"]["recipe"]["sha256"]) == 64
    assert set(record["classes"]) == {"ours"}


HEADER = "text,label,rating\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ours is empty"),
        (HEADER.encode(), "has a header and no rows"),
        (b"a,b\n1,2\n", "needs the columns text and label"),
        (f"{HEADER}rico,bueno,\n".encode(), "label 'bueno' is not one of"),
        (f"{HEADER}rico,positive,9\n".encode(), "line 2: rating 9 is not from 1 to 5"),
        (f"{HEADER}señor,positive,\n".encode("latin-1"), "is not UTF-8"),
        (
            "".join([HEADER, *(f"rico {n},positive,\n" for n in range(30))]).encode(),
            "all rows have one class",
        ),
    ],
)
def test_data_that_cannot_be_trained_on(run, tmp_path, content, said):
    path = tmp_path / "ours.csv"
    path.write_bytes(content)
    refused(run(path), said, tmp_path)


def test_a_file_that_is_not_gzip_or_damaged(run, labelled, tmp_path):
    plain = tmp_path / "ours.csv.gz"
    plain.write_bytes(labelled.read_bytes())
    refused(run(plain), "ours.csv.gz cannot be read: Not a gzipped file", tmp_path)
    packed = bytearray(gzip.compress(labelled.read_bytes()))
    packed[20:60] = bytes(40)
    plain.write_bytes(packed)
    refused(run(plain), "", tmp_path)


def test_no_file_an_absent_one_and_two_of_one_name(run, labelled, tmp_path):
    refused(run(), "no data is given", tmp_path)
    refused(run(tmp_path / "none" / "ours.csv"), "No such file", tmp_path)
    refused(run(labelled, labelled), "two files are called ours", tmp_path)


def test_a_file_that_the_recipe_asks_for_and_nobody_gave(run, write_rows, tmp_path):
    other = write_rows("other.csv", [Row("rico", "positive", "", "")])
    refused(run(other), "the recipe asks for ours, not given by --data or --folder", tmp_path)


def test_contradicting_labels_are_counted_and_the_first_counts(run, labelled):
    lines = labelled.read_text(encoding="utf-8").splitlines()
    text = lines[1].split(",")[0]
    labelled.write_text("\n".join([*lines, f"{text.upper()}!,positive,,,,,", f"{text},neutral,,,,,"]) + "\n")
    status, _, errors = run(labelled)
    assert status == 0
    assert "1 texts stand under two labels: the first one counts" in errors


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (RECIPE + "speed = 3\n", "parameters.speed: extra inputs are not permitted"),
        (RECIPE.replace("batch = 16", "batch = 0"), "parameters.batch"),
        ("about = ", "is not TOML"),
        ("about = 'ñ'", "is not UTF-8"),
    ],
)
def test_recipes_that_cannot_be_followed(recipe, content, said):
    recipe.write_bytes(content.encode("latin-1"))
    with pytest.raises(RecipeError, match=said):
        read_recipe(str(recipe))


@pytest.mark.parametrize("name", ["teacher", "student", "permissive"])
def test_recipes_are_written_as_they_are_read(recipe, name):
    wanted = read_recipe(name)
    recipe.write_text(wanted.as_toml(), encoding="utf-8")
    assert read_recipe(str(recipe)) == wanted
    assert read_recipe(str(recipe)).sha256 == wanted.sha256


@pytest.fixture
def start(tiny_base, tmp_path):
    return Path(shutil.copytree(tiny_base, tmp_path / "start"))


def edit_config(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_start_without_a_file(run, start, labelled, tmp_path, name):
    (start / name).unlink()
    refused(run(labelled, start=start), f"is no checkpoint: it has no {name}", tmp_path)


def test_a_start_of_another_shape(start):
    edit_config(start, hidden_size=64)
    with pytest.raises(CheckpointError, match=r"other names or shapes than config\.json says"):
        open_start(start)


def test_a_start_with_damaged_files(start):
    weights = (start / "model.safetensors").read_bytes()
    (start / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged"):
        open_start(start)
    (start / "model.safetensors").write_bytes(weights)
    (start / "tokenizer.json").write_text("{}")
    with pytest.raises(CheckpointError, match="is no tokeniser"):
        open_start(start)
    (start / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match="describes no BERT encoder"):
        open_start(start)


def test_an_encoder_alone_is_no_teacher(start):
    with pytest.raises(CheckpointError, match="has not been fine-tuned"):
        open_fitted(start)


def test_a_disk_that_fills_up_keeps_what_was_there_and_the_run_goes_on_later(run, labelled, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        status, _, errors = run(labelled)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert status == 2
    assert "cannot be written" in errors
    assert not list((tmp_path / "out").glob("*.begun"))
    assert not (tmp_path / "out" / "model.safetensors").exists()
    assert run(labelled)[0] == 0
