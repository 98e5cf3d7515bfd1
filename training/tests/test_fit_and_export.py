"""From rows to served files, on a tiny encoder."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from pulso_sentiment.model import ModelCard, load_model
from pulso_sentiment.model.checksums import write_sums
from pulso_training import network
from pulso_training.convert import convert, quantise, save
from pulso_training.evaluate import evaluate
from pulso_training.examples import batches, class_weights, collate, tokenise
from pulso_training.fit import Recipe, fit
from tokenizers import Tokenizer

RECIPE = Recipe(epochs=6, batch=16, encoder_rate=3e-3, head_rate=1e-2, max_tokens=32)


@pytest.fixture(scope="module")
def checkpoint(tiny_base, rows, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("run")
    fit(tiny_base, rows, RECIPE, out, lambda _: None)
    return out


def serve(folder: Path, checkpoint: Path, precision: str):
    shutil.copyfile(checkpoint / "tokenizer.json", folder / "tokenizer.json")
    card = ModelCard(name="tiny", version="1", runtime="openvino", precision=precision, max_tokens=32)
    (folder / "model.json").write_text(card.model_dump_json())
    write_sums(folder)
    return load_model(str(folder))


def test_learns_and_records(checkpoint):
    record = json.loads((checkpoint / "fit.json").read_text())
    losses = [epoch["loss"] for epoch in record["epochs"]]
    assert len(losses) == 6
    assert losses[-1] < 0.6 * losses[0]
    assert record["rows"] == 240
    assert record["recipe"]["seed"] == RECIPE.seed


def test_a_seed_decides_the_weights(tiny_base, rows, tmp_path):
    recipe = Recipe(epochs=1, batch=64)
    for name in ("one", "two"):
        fit(tiny_base, rows[:64], recipe, tmp_path / name, lambda _: None)
    one, two = (network.load(tmp_path / name).state_dict() for name in ("one", "two"))
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_goes_on_from_a_checkpoint(checkpoint, rows, tmp_path):
    record = fit(checkpoint, rows, Recipe(epochs=1, batch=16), tmp_path, lambda _: None)
    assert record.earlier == json.loads((checkpoint / "fit.json").read_text())
    assert record.epochs[0]["loss"] < record.earlier["epochs"][2]["loss"]


def test_word_embeddings_stay_as_they_were(tiny_base, checkpoint):
    name = "embeddings.word_embeddings.weight"
    before = network.from_base(tiny_base).encoder.state_dict()[name]
    assert torch.equal(before, network.load(checkpoint).encoder.state_dict()[name])


def test_served_files_answer_as_the_checkpoint(checkpoint, rows, tmp_path):
    save(convert(checkpoint), tmp_path / "fp32")
    served = serve(tmp_path / "fp32", checkpoint, "fp32")
    tokens = served.tokenise([row.text for row in rows[:40]])
    ids, mask, _ = collate(tokenise(rows[:40], Tokenizer.from_file(str(checkpoint / "tokenizer.json")), 32))
    with torch.inference_mode():
        expected = network.load(checkpoint)(ids, mask).softmax(1).numpy()
    assert np.abs(served.forward(tokens) - expected).max() < 0.01


@pytest.mark.slow
def test_int8_reads_what_fp32_reads(checkpoint, rows, tmp_path):
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    save(quantise(convert(checkpoint), tokenizer, [row.text for row in rows[:50]], 32), tmp_path / "int8")
    result = evaluate(serve(tmp_path / "int8", checkpoint, "int8"), {"made": rows})["made"]
    assert result.macro_f1 > 0.9


def test_batches_hold_each_example_once(tiny_base, rows):
    import random

    examples = tokenise(rows, Tokenizer.from_file(str(tiny_base / "tokenizer.json")), 32)
    taken = [example for batch in batches(examples, 32, random.Random(1)) for example in batch]
    assert sorted(map(id, taken)) == sorted(map(id, examples))


def test_rare_classes_weigh_more(rows, tiny_base):
    tokenizer = Tokenizer.from_file(str(tiny_base / "tokenizer.json"))
    few = [row for row in rows if row.label != "neutral"] + [row for row in rows if row.label == "neutral"][
        :20
    ]
    weights = class_weights(tokenise(few, tokenizer, 32))
    assert weights.tolist() == pytest.approx([180 / 240, 180 / 60, 180 / 240])
