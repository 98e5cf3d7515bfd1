"""Teachers share an answer as far as the development part trusts them."""

import shutil
from dataclasses import replace

import pytest
import torch
from pulso_training import network
from pulso_training.blend import blend
from pulso_training.checkpoint import CheckpointError
from pulso_training.corpus import LABELS
from pulso_training.distil import assemble
from pulso_training.errors import InputError
from pulso_training.fit import Material, fit
from pulso_training.provenance import record_of
from pulso_training.recipe import Parameters

PARAMETERS = Parameters(epochs=6, batch=8, encoder_rate=3e-3, head_rate=1e-2, max_tokens=32)


@pytest.fixture(scope="module")
def teacher(tiny_base, rows, tmp_path_factory):
    out = tmp_path_factory.mktemp("teacher")
    fit(tiny_base, Material(rows[:180], {"made": rows[180:]}), PARAMETERS, out, lambda _: None)
    return out


@pytest.fixture(scope="module")
def ignorant(tiny_base, tmp_path_factory):
    out = tmp_path_factory.mktemp("ignorant")
    torch.manual_seed(5)
    network.save(network.from_encoder(tiny_base), out)
    shutil.copyfile(tiny_base / "tokenizer.json", out / "tokenizer.json")
    return out


def test_the_better_teacher_has_the_greater_share(teacher, ignorant, rows):
    ensemble = assemble([ignorant, teacher], {"made": rows[180:]})
    assert ensemble.sentiment[1] > 0.9
    assert sum(ensemble.sentiment) == pytest.approx(1, abs=1e-3)
    assert ensemble.emotion == (0.5, 0.5)


def test_a_student_learns_what_the_teacher_answers_where_no_label_is(teacher, rows, tmp_path):
    unlabelled = [
        row.__class__(row.text, "", "", "made", "joy" if n % 2 else "anger") for n, row in enumerate(rows)
    ]
    ensemble = assemble([teacher], {"made": rows[180:]})
    soft = ensemble.answers(unlabelled)
    assert all(sum(answer.sentiment or ()) == pytest.approx(1) for answer in soft.values())
    parameters = PARAMETERS.model_copy(update={"layers": 1, "emotion_weight": 0.0})
    record = fit(
        teacher, Material(unlabelled[:180], {"made": rows[180:]}, soft), parameters, tmp_path, lambda _: None
    )
    assert record.epochs[-1]["score"] > 0.9


def test_words_answer_by_what_they_learnt_from_other_texts(ignorant, rows):
    ensemble = assemble([ignorant], {"made": rows[180:]}, words_from=rows[:180])
    assert ensemble.sentiment[1] > 0.9
    assert ensemble.emotion == (1.0,)
    answers = ensemble.answers(rows[:180])
    read_right = [
        max(range(3), key=(answers[row.text].sentiment or ()).__getitem__) == LABELS.index(row.label)
        for row in rows[:180]
    ]
    assert sum(read_right) > 150
    other = next(label for label in LABELS if label != rows[179].label)
    lied = [*rows[:179], replace(rows[179], label=other)]
    told = ensemble.answers(lied)[rows[179].text].sentiment
    assert told == pytest.approx(answers[rows[179].text].sentiment, abs=1e-6)


def test_words_need_two_labels(ignorant, rows):
    with pytest.raises(InputError, match="two labels"):
        assemble([ignorant], {"made": rows[180:]}, words_from=[replace(row, label="") for row in rows[:180]])


def test_a_blend_lies_between_a_network_and_what_became_of_it(teacher, rows, tmp_path):
    later = tmp_path / "later"
    fit(teacher, Material(rows[:180], {"made": rows[180:]}), PARAMETERS, later, lambda _: None)
    for share, name in ((0.0, "none"), (0.25, "quarter"), (1.0, "all")):
        blend(teacher, later, share, tmp_path / name)
    old, new = (network.load(folder).state_dict() for folder in (teacher, later))
    for name, weights in network.load(tmp_path / "quarter").state_dict().items():
        torch.testing.assert_close(weights, 0.75 * old[name] + 0.25 * new[name])
    for name in old:
        assert torch.equal(network.load(tmp_path / "none").state_dict()[name], old[name])
        assert torch.equal(network.load(tmp_path / "all").state_dict()[name], new[name])
    record = record_of(tmp_path / "quarter")["record"]
    assert record["parameters"] == {"share": 0.25}
    assert record["made_from"]["before"] == record_of(teacher)
    assert record["made_from"]["after"]["record"]["rows"] == 180


def test_networks_that_differ_are_not_blended(teacher, rows, tmp_path):
    shallow = tmp_path / "shallow"
    parameters = PARAMETERS.model_copy(update={"layers": 1, "epochs": 1})
    fit(teacher, Material(rows[:180], {"made": rows[180:]}), parameters, shallow, lambda _: None)
    with pytest.raises(CheckpointError, match="differ in shape or tokeniser"):
        blend(teacher, shallow, 0.5, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    before = (teacher / "model.safetensors").read_bytes()
    with pytest.raises(CheckpointError, match="a folder of its own"):
        blend(teacher, teacher, 0.5, teacher)
    assert (teacher / "model.safetensors").read_bytes() == before
