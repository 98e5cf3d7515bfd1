"""Any transformers model, here a tiny one made on the spot."""

from pathlib import Path

import numpy as np
import pytest
from pulso_sentiment.model import Model, ModelError, load_model
from pulso_sentiment.model.offline import predict

pytestmark = pytest.mark.slow

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "rico", "feo", "muy", "todo", "la", "comida"]


def save_tiny(folder: Path, labels: list[str]) -> str:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(1)
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(
        save_tiny(tmp_path_factory.mktemp("hub") / "stars", [f"{n} stars" for n in range(1, 6)])
    )


def test_stars_become_three_classes(model: Model):
    _, probabilities = predict(model, ["muy rico", "todo feo la comida muy rico"])
    assert probabilities.shape == (2, 3)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    model.warmup()


def test_padding_changes_nothing(model: Model):
    (short,), (long,) = (text.windows for text in model.tokenise(["rico", "la comida muy rico todo feo"]))
    alone = model.forward([short]).sentiment
    assert np.allclose(model.forward([short, long]).sentiment[0], alone[0], atol=1e-4)


def test_empty_and_long_texts(model: Model):
    empty, long, endless = model.tokenise(["", "muy rico " * 100, "muy rico " * 200])
    assert empty.windows == []
    assert not long.truncated
    assert {window.ids[0] for window in long.windows} == {WORDS.index("[CLS]")}
    assert {window.ids[-1] for window in long.windows} == {WORDS.index("[SEP]")}
    assert {len(window.ids) for window in long.windows} <= {30, 31}
    assert endless.truncated


def test_the_version_follows_the_weights(model: Model, tmp_path: Path):
    again = load_model(save_tiny(tmp_path / "stars", [f"{n} stars" for n in range(1, 6)]))
    other = load_model(save_tiny(tmp_path / "other", ["NEG", "NEU", "POS"]))
    assert again.card.version == model.card.version
    assert again.card.version.removeprefix("stars") != other.card.version.removeprefix("other")


def test_foreign_labels_are_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="joy"):
        load_model(save_tiny(tmp_path / "emotions", ["joy", "anger", "fear"]))


def test_a_broken_folder_is_refused_in_one_sentence(tmp_path: Path):
    folder = save_tiny(tmp_path / "broken", ["NEG", "NEU", "POS"])
    (Path(folder) / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="cannot be loaded by transformers"):
        load_model(folder)


def test_words_have_the_vectors_of_their_pieces(model: Model):
    both, first, second, none = model.embed(["muy rico", "muy", "rico", "quinua"])
    assert np.allclose(both, (first + second) / 2, atol=1e-6)
    assert not none.any()
    assert first.shape == (16,)
