"""The peers of bench.serving on the weights that are served."""

from pathlib import Path

import pytest
import torch
from pulso_sentiment.settings import DEFAULT_MODEL
from pulso_training import network
from pulso_training.reopen import reopen
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from bench.serving.peers.pipeline import TransformersPipeline
from bench.serving.peers.weights import MAX_TOKENS, classifier_folder

pytestmark = pytest.mark.slow

TEXTS = [
    "El ceviche estuvo buenísimo, pero el mozo se demoró una hora.",
    "No vuelvo más",
    "Normal, nada del otro mundo; los precios subieron S/ 5 y la porción es la de siempre 😐",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return classifier_folder(tmp_path_factory.mktemp("classifier"))


def test_the_encoder_and_the_tokens_are_those_that_are_served(folder, tmp_path):
    reopen(Path(DEFAULT_MODEL), tmp_path)
    ours = network.load(tmp_path)
    theirs = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    assert set(batch) == {"input_ids", "attention_mask"}
    real = batch["attention_mask"].bool()
    for ids, mask in zip(batch["input_ids"], real, strict=True):
        assert tokenizer.convert_ids_to_tokens(ids[mask])[:: int(mask.sum()) - 1] == ["<s>", "</s>"]
    assert (batch["input_ids"][~real] == 1).all()
    with torch.inference_mode():
        expected = ours.encoder(**batch).last_hidden_state[real]
        found = theirs.bert(**batch).last_hidden_state[real]
    assert torch.cosine_similarity(expected, found).min() > 0.999


def test_the_pipeline_labels_and_times_texts_however_long(folder):
    peer = TransformersPipeline(folder, batch_size=2, threads=1)
    assert peer.name == "transformers pipeline, batch 2, float32"
    texts = [*TEXTS[:2], "muy " * 2 * MAX_TOKENS]
    labels = peer.labels(texts)
    assert len(labels) == 3
    assert set(labels) <= {"negative", "neutral", "positive"}
    assert peer.seconds(texts) > 0
    peer.close()
