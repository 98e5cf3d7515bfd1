"""A run learns, is recorded, and ends alike whether or not it was cut off."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from pulso_training import fit as fitting
from pulso_training import network
from pulso_training.events import Epoch, Steps
from pulso_training.fit import DivergedError, FitError, Material, fit
from pulso_training.recipe import Parameters
from pulso_training.resume import STATE_FILE, ResumeError
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

PARAMETERS = Parameters(epochs=6, batch=8, encoder_rate=3e-3, head_rate=1e-2, max_tokens=32)
SHORT = PARAMETERS.model_copy(update={"epochs": 2})


def ignore(_event):
    return None


@pytest.fixture(scope="module")
def material(rows):
    return Material(rows[:180], {"made": rows[180:]})


@pytest.fixture(scope="module")
def checkpoint(tiny_base, material, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("run")
    fit(tiny_base, material, PARAMETERS, out, ignore)
    return out


@pytest.fixture(scope="module")
def uninterrupted(tiny_base, material, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    fit(tiny_base, material, SHORT, out, ignore)
    return out


def weights(folder):
    return network.load(folder).state_dict()


def same(one, other):
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


class Cut(Exception):
    pass


def cut_after(events):
    """Returns a listener that ends a run as its n-th event arrives."""
    left = iter(range(events))

    def listen(_event):
        if next(left, None) is None:
            raise Cut

    return listen


def test_learns(checkpoint):
    epochs = json.loads((checkpoint / "fit.json").read_text())["epochs"]
    assert epochs[-1]["loss"] < 0.6 * epochs[0]["loss"]
    assert max(epoch["score"] for epoch in epochs) > 0.9


def test_records_what_it_depended_on(checkpoint):
    record = json.loads((checkpoint / "fit.json").read_text())
    assert record["rows"] == 180
    assert record["classes"] == {"made": {"negative": 60, "neutral": 60, "positive": 60}}
    assert record["parameters"]["seed"] == PARAMETERS.seed
    assert record["environment"]["libraries"]["torch"] == torch.__version__
    assert len(record["environment"]["code"]["sha256"]) == 64
    assert record["environment"]["machine"]["cores"] >= 1
    assert record["started_at"] <= record["ended_at"]
    assert record["started_at"].endswith("+00:00")
    assert set(record["start"]["files"]) == {"model.safetensors", "tokenizer.json"}
    assert record["start"]["record"] is None


def test_a_seed_decides_the_weights(tiny_base, material, uninterrupted, tmp_path):
    fit(tiny_base, material, SHORT, tmp_path / "again", ignore)
    fit(tiny_base, material, SHORT.model_copy(update={"seed": 1}), tmp_path / "other", ignore)
    assert same(uninterrupted, tmp_path / "again")
    assert not same(uninterrupted, tmp_path / "other")


@pytest.mark.parametrize("stored_every", [0.0, 300.0], ids=["within epochs", "after epochs"])
@pytest.mark.parametrize("events", [1, 2, 4, 5])
def test_a_run_that_was_cut_off_ends_as_if_it_had_not_been(
    tiny_base, material, uninterrupted, tmp_path, monkeypatch, stored_every, events
):
    monkeypatch.setattr(fitting, "_STORE_SECONDS", stored_every)
    with pytest.raises(Cut):
        fit(tiny_base, material, SHORT, tmp_path, cut_after(events))
    went_on: list = []
    record = fit(tiny_base, material, SHORT, tmp_path, went_on.append)
    assert same(uninterrupted, tmp_path)
    expected = json.loads((uninterrupted / "fit.json").read_text())["epochs"]
    assert [(epoch["loss"], epoch["score"]) for epoch in record.epochs] == [
        (epoch["loss"], epoch["score"]) for epoch in expected
    ]
    assert (went_on[0] != Steps(1, 10, 46, went_on[0].loss, went_on[0].seconds)) is (
        stored_every == 0 or events > 3
    )


KILLED = """
import os, signal, sys
from pathlib import Path
from pulso_training.corpus import Row
from pulso_training.fit import Material, fit
from pulso_training.recipe import Parameters
import json
start, out, rows, parameters = sys.argv[1:]
rows = [Row(**row) for row in json.loads(rows)]
seen = []
def listen(event):
    seen.append(event)
    if len(seen) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
material = Material(rows[:180], {"made": rows[180:]})
fit(Path(start), material, Parameters(**json.loads(parameters)), Path(out), listen)
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_process_is_gone_on_from(tiny_base, rows, material, uninterrupted, tmp_path):
    fields = ("text", "label", "domain", "file")
    given = json.dumps([{name: getattr(row, name) for name in fields} for row in rows])
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    command = [sys.executable, "-c", KILLED, str(tiny_base), str(tmp_path), given, SHORT.model_dump_json()]
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
    assert (tmp_path / STATE_FILE).exists()
    fit(tiny_base, material, SHORT, tmp_path, ignore)
    assert same(uninterrupted, tmp_path)


def test_a_run_that_ended_is_not_repeated(tiny_base, material, checkpoint):
    told: list = []
    record = fit(tiny_base, material, PARAMETERS, checkpoint, told.append)
    assert not told
    assert len(record.epochs) >= 4
    assert not (checkpoint / STATE_FILE).exists()


@pytest.mark.parametrize("ended", [True, False])
def test_the_folder_of_another_run_is_left_alone(tiny_base, material, tmp_path, ended):
    if ended:
        fit(tiny_base, material, SHORT, tmp_path, ignore)
    else:
        with pytest.raises(Cut):
            fit(tiny_base, material, SHORT, tmp_path, cut_after(4))
    before = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
    rows = [replace(material.rows[0], text="otra cosa"), *material.rows[1:]]
    with pytest.raises(ResumeError, match="holds a run with other rows"):
        fit(tiny_base, Material(rows, material.development), SHORT, tmp_path, ignore)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == before


def test_ends_when_it_gets_worse_and_keeps_the_best_epoch(tiny_base, material, tmp_path, monkeypatch):
    scores = iter([0.5, 0.7, 0.6, 0.9])
    kept = []
    monkeypatch.setattr(fitting, "development_score", lambda *_: next(scores))

    def keep(event):
        if isinstance(event, Epoch) and event.number == 2:
            kept.append(weights(tmp_path))

    record = fit(tiny_base, material, PARAMETERS, tmp_path, keep)
    assert [epoch["score"] for epoch in record.epochs] == [0.5, 0.7, 0.6]
    assert record.best_epoch == 2
    assert all(torch.equal(kept[0][name], tensor) for name, tensor in weights(tmp_path).items())


def test_goes_on_from_a_checkpoint_and_keeps_its_record(checkpoint, material, tmp_path):
    parameters = PARAMETERS.model_copy(update={"epochs": 1, "encoder_rate": 1e-4, "head_rate": 1e-4})
    record = fit(checkpoint, material, parameters, tmp_path, ignore)
    earlier = json.loads((checkpoint / "fit.json").read_text())
    assert record.start["record"] == earlier
    assert record.epochs[0]["loss"] < earlier["epochs"][0]["loss"]


def test_a_student_has_fewer_layers(checkpoint, material, tmp_path):
    fit(checkpoint, material, PARAMETERS.model_copy(update={"layers": 1}), tmp_path, ignore)
    assert network.read_config(tmp_path).num_hidden_layers == 1
    assert len(network.load(tmp_path).encoder.encoder.layer) == 1


def test_word_embeddings_stay_as_they_were(tiny_base, checkpoint):
    name = "embeddings.word_embeddings.weight"
    before = network.from_encoder(tiny_base).encoder.state_dict()[name]
    assert torch.equal(before, network.load(checkpoint).encoder.state_dict()[name])


def test_logs_hold_each_step_once_though_the_run_was_cut_off(tiny_base, material, tmp_path):
    with pytest.raises(Cut):
        fit(tiny_base, material, SHORT, tmp_path, cut_after(5))
    fit(tiny_base, material, SHORT, tmp_path, ignore)
    events = EventAccumulator(str(tmp_path / "logs")).Reload()
    assert [event.step for event in events.Scalars("loss")] == [10, 20, 23, 33, 43, 46]
    assert [event.step for event in events.Scalars("development")] == [23, 46]


def test_emotions_alone_can_be_learnt(tiny_base, rows, tmp_path):
    names = {"positive": "joy", "negative": "anger", "neutral": "others"}
    felt = [replace(row, label="", emotion=names[row.label]) for row in rows]
    parameters = PARAMETERS.model_copy(update={"emotion_weight": 1.0})
    record = fit(tiny_base, Material(felt[:180], {"made": felt[180:]}), parameters, tmp_path, ignore)
    assert max(epoch["score"] for epoch in record.epochs) > 0.9


def test_one_class_is_refused_before_anything_is_written(tiny_base, rows, tmp_path):
    alike = [row for row in rows if row.label == "positive"]
    with pytest.raises(FitError, match="all rows have one class, positive"):
        fit(tiny_base, Material(alike, {}), SHORT, tmp_path / "out", ignore)
    assert not (tmp_path / "out").exists()


def test_a_student_deeper_than_its_start_is_refused(tiny_base, material, tmp_path):
    with pytest.raises(FitError, match="has 2 layers, 3 are asked for"):
        fit(tiny_base, material, SHORT.model_copy(update={"layers": 3}), tmp_path / "out", ignore)
    assert not (tmp_path / "out").exists()


def test_a_loss_that_is_no_number_ends_the_run(tiny_base, material, tmp_path, monkeypatch):
    whole = fitting.Losses.__call__
    monkeypatch.setattr(fitting.Losses, "__call__", lambda *given: whole(*given) * float("nan"))
    with pytest.raises(DivergedError, match="lower encoder_rate"):
        fit(tiny_base, material, SHORT, tmp_path, ignore)
    assert not (tmp_path / "model.safetensors").exists()
