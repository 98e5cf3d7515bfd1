"""An emotion head learnt anew changes nothing else, and finds what a few texts of a rare class tell."""

import json
from pathlib import Path

import pytest
import torch
from pulso_training import network
from pulso_training.checkpoint import TOKENIZER_FILE, CheckpointError, open_fitted
from pulso_training.corpus import EMOTIONS, Row
from pulso_training.errors import InputError
from pulso_training.judge import outputs
from pulso_training.network import from_encoder
from pulso_training.provenance import record_of
from pulso_training.refit import refit

SAID = {"joy": "rico", "anger": "feo", "fear": "malo", "others": "normal"}
ORIGIN = {"files": {"made.csv": "0" * 64}}


@pytest.fixture(scope="module")
def checkpoint(tiny_base, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("fitted")
    torch.manual_seed(2)
    network.save(from_encoder(tiny_base), out)
    (out / TOKENIZER_FILE).write_bytes((tiny_base / TOKENIZER_FILE).read_bytes())
    return out


def felt(emotion: str, count: int) -> list[Row]:
    fillers = ("muy", "todo", "la comida", "todo muy", "la", "comida muy")
    return [Row(f"{fillers[n % 6]} {SAID[emotion]}", "", "", "made", emotion) for n in range(count)]


ROWS = [*felt("others", 60), *felt("joy", 30), *felt("anger", 30), *felt("fear", 4)]


@pytest.fixture(scope="module")
def refitted(checkpoint, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("refitted")
    unfelt = [Row("todo bueno", "positive", "", "made")]
    assert refit(checkpoint, [*ROWS, *unfelt], 0.5, ORIGIN, out) == len(ROWS)
    return out


def test_the_emotions_of_the_rows_are_told_the_rare_one_too(checkpoint, refitted):
    rows = list({row.text: row for row in ROWS}.values())
    truth = [row.emotion for row in rows]
    told = []
    for folder in (checkpoint, refitted):
        said = outputs(*open_fitted(folder), [row.text for row in rows]).emotion.argmax(axis=1)
        told.append([EMOTIONS[i] for i in said])
    assert told[0] != truth
    assert told[1] == truth


def test_nothing_but_the_emotion_head_changes(checkpoint, refitted):
    before, after = (network.load(folder).state_dict() for folder in (checkpoint, refitted))
    changed = {name for name, weights in after.items() if not torch.equal(weights, before[name])}
    assert changed == {"emotion.weight", "emotion.bias"}
    assert (refitted / TOKENIZER_FILE).read_bytes() == (checkpoint / TOKENIZER_FILE).read_bytes()


def test_the_record_tells_rows_and_origin(checkpoint, refitted):
    record = json.loads((refitted / "fit.json").read_text())
    assert record["made_from"] == ORIGIN | {"before": record_of(checkpoint)}
    assert record["classes"] == {"made": {"anger": 30, "fear": 4, "joy": 30, "others": 60}}
    assert record["rows"] == len(ROWS)


def test_what_cannot_be_learnt_from_is_refused(checkpoint, tmp_path):
    with pytest.raises(CheckpointError, match="a folder of its own"):
        refit(checkpoint, ROWS, 0.5, ORIGIN, checkpoint)
    with pytest.raises(InputError, match="two emotions"):
        refit(checkpoint, felt("joy", 9), 0.5, ORIGIN, tmp_path / "out")
    assert not (tmp_path / "out").exists()
