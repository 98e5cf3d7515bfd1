"""A checkpoint becomes a folder that is served, calibrated and judged from its own files."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from pulso_sentiment.model import load_model
from pulso_sentiment.model.checksums import write_sums
from pulso_sentiment.model.offline import answer
from pulso_sentiment.model.preprocess import preprocess
from pulso_training import network
from pulso_training.__main__ import main
from pulso_training.checkpoint import CheckpointError, open_fitted
from pulso_training.convert import converted, round_matrices, save
from pulso_training.evaluate import Answers
from pulso_training.export import Texts, export
from pulso_training.fit import Material, fit
from pulso_training.judgement import evaluate
from pulso_training.precision import Fidelity, Precision, PrecisionError, compare
from pulso_training.provenance import record_of
from pulso_training.recipe import Parameters, Recipe
from pulso_training.reopen import reopen
from tokenizers import Tokenizer

RECIPE = Recipe(about="A tiny one.", note="Licences of nobody.")


@pytest.fixture(scope="module")
def checkpoint(tiny_base, rows, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("run")
    parameters = Parameters(epochs=12, patience=12, batch=8, encoder_rate=3e-3, head_rate=1e-2, max_tokens=32)
    fit(tiny_base, Material(rows, {"made": rows[:60]}), parameters, out, lambda _: None)
    return out


@pytest.fixture(scope="module")
def texts(rows) -> Texts:
    return Texts(rows, {"made": rows[:120]}, {"made": rows[120:]})


@pytest.fixture(scope="module", params=[Precision.BF16, Precision.FP32])
def served(request, checkpoint, texts, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("models") / "served"
    export(checkpoint, texts, RECIPE, precision=request.param, out=out, say=lambda _: None)
    return out


@pytest.fixture
def ours(tmp_path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text('about = "Tiny."\n[rows]\nfiles = ["ours"]\n')
    return path


def test_the_served_file_answers_as_the_checkpoint(served, checkpoint, rows):
    said = [row.text for row in rows[:40]]
    model = network.load(checkpoint)
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    _, found = answer(load_model(str(served)), said)
    for i, text in enumerate(said):
        ids = torch.tensor([tokenizer.encode(preprocess(text)).ids])
        with torch.inference_mode():
            outputs = model(ids, torch.ones_like(ids))
        for name in network.Outputs._fields:
            expected = getattr(outputs, name)[0].numpy()
            np.testing.assert_allclose(getattr(found, name)[i], expected, atol=0.15, rtol=0.05)


def test_the_folder_tells_how_well_it_reads(served):
    card = load_model(str(served)).card
    assert card.scores["made"].macro_f1 > 0.9
    assert card.confusion.keys() == {"other", "all"}
    assert sum(map(sum, card.confusion["all"])) == 120
    assert card.calibration_error["restaurants"] < 0.1
    assert card.thresholds[0].use == "counting"
    assert (served / "domain.npz").is_file()
    assert load_model(str(served)).usual_weights is not None
    readme = (served / "README.md").read_text()
    assert card.version in readme
    assert "$" not in readme
    assert RECIPE.note in readme


def test_a_folder_of_an_older_export_learns_which_words_usually_weigh(
    served, labelled, ours, tmp_path, capsys
):
    folder = shutil.copytree(served, tmp_path / "older")
    (folder / "usual_weights.npz").unlink()
    write_sums(folder)
    assert load_model(str(folder)).usual_weights is None
    told = ["usual-weights", "--recipe", str(ours), "--data", str(labelled), "--model"]
    with pytest.raises(SystemExit, match="0"):
        main([*told, str(folder)])
    assert "texts weighed" in capsys.readouterr().out
    assert load_model(str(folder)).usual_weights is not None
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(SystemExit, match="2"):
        main([*told, str(folder)])
    assert "differs from its checksum" in capsys.readouterr().err


def test_texts_without_enough_words_teach_no_weights(served, write_rows, rows, ours, capsys):
    short = write_rows("ours.csv", [row for row in rows if len(row.text.split()) < 5])
    was = (served / "SHA256SUMS").read_bytes()
    with pytest.raises(SystemExit, match="2"):
        main(["usual-weights", "--recipe", str(ours), "--data", str(short), "--model", str(served)])
    assert "no text of the training part has 6 words" in capsys.readouterr().err
    assert (served / "SHA256SUMS").read_bytes() == was


def test_the_record_names_the_whole_chain_of_runs(served):
    record = json.loads((served / "training.json").read_text())
    assert record["checkpoint"]["record"]["rows"] == 240
    assert record["checkpoint"]["record"]["start"]["files"]
    assert record["fidelity"]["agreement"] >= 0.98


def test_a_served_model_can_be_gone_on_from(served, checkpoint, tmp_path):
    reopen(served, tmp_path)
    again, _ = open_fitted(tmp_path)
    loaded, file_rounds = network.load(checkpoint), 0.0
    if load_model(str(served)).card.precision == Precision.BF16:
        round_matrices(loaded)
        file_rounds = 2**-11
    was = loaded.state_dict()
    assert was.keys() == again.state_dict().keys()
    for name, weights in again.state_dict().items():
        torch.testing.assert_close(weights, was[name], rtol=file_rounds, atol=1e-6, msg=name)
    assert record_of(tmp_path)["record"] == record_of(checkpoint)["record"]


def test_a_folder_that_was_altered_is_not_gone_on_from(served, tmp_path):
    altered = shutil.copytree(served, tmp_path / "altered")
    (altered / "training.json").write_text("{}")
    with pytest.raises(CheckpointError, match="differs from its checksum"):
        reopen(altered, tmp_path / "out")
    write_sums(altered)
    with pytest.raises(CheckpointError, match="does not tell the shape"):
        reopen(altered, tmp_path / "out")
    (altered / "model.xml").unlink()
    with pytest.raises(CheckpointError, match="no exported model"):
        reopen(altered, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_checkpoint_is_not_written_into_the_served_folder(served):
    with pytest.raises(CheckpointError, match="another folder"):
        reopen(served, served)
    assert not (served / "model.safetensors").exists()


def test_another_graph_than_the_record_tells_cannot_be_gone_on_from(checkpoint, served, tmp_path):
    folder = shutil.copytree(served, tmp_path / "other")
    save(converted(network.shallower(network.load(checkpoint), 1)), folder, halved=True)
    write_sums(folder)
    with pytest.raises(CheckpointError, match="converted by other libraries"):
        reopen(folder, tmp_path / "out")


def test_its_own_files_give_the_scores_on_its_card(served, texts):
    _, found = evaluate(served, texts.held_out["made"])
    assert found.sentiment is not None
    expected = load_model(str(served)).card.scores["made"].macro_f1
    assert found.sentiment.groups["source"]["made"].macro_f1 == pytest.approx(expected, abs=1e-4)


def test_a_file_that_answers_unlike_fp32_is_refused(rows):
    exact = Answers(rows[:4], np.eye(3)[[0, 1, 2, 0]], None, np.ones(4, int))
    other = Answers(rows[:4], np.eye(3)[[0, 1, 2, 1]], None, np.ones(4, int))
    assert compare(exact, exact) == Fidelity(1.0, 0.0)
    with pytest.raises(PrecisionError, match=r"75\.0%"):
        compare(exact, other).check(Precision.BF16)
    with pytest.raises(PrecisionError, match=r"loses 0\.60 points"):
        Fidelity(1.0, 0.006).check(Precision.BF16)
