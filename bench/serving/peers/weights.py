"""The served encoder in the form that other tools read: a plain transformers folder."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

import torch
from pulso_sentiment.model.card import read_card
from pulso_sentiment.settings import DEFAULT_MODEL
from pulso_training import network
from pulso_training.reopen import reopen
from transformers import BertConfig, BertForSequenceClassification

MAX_TOKENS: Final = 256
"""Peers cut a text here; it is also the width of one window of the service."""

_SEED: Final = 0


def classifier_folder(out: Path, served: Path = Path(DEFAULT_MODEL)) -> Path:
    """Write a `BertForSequenceClassification` with the served model's encoder and tokeniser to `out`.

    Its pooler and its head are random (with a fixed seed), since ours have another form: its labels mean
    nothing. The time that a text takes is that of the encoder, which has the served weights.

    Returns:
        `out`, which `transformers` and what builds on it can load.
    """
    with tempfile.TemporaryDirectory() as checkpoint:
        reopen(served, Path(checkpoint))
        ours = network.load(Path(checkpoint))
    card = read_card(served)
    labels = dict(enumerate(card.labels))
    shape = ours.config.to_dict() | {
        "id2label": labels,
        "label2id": {label: number for number, label in labels.items()},
        "pad_token_id": card.pad_id,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        classifier = BertForSequenceClassification(BertConfig.from_dict(shape))
    classifier.bert.load_state_dict(classifier.bert.state_dict() | ours.encoder.state_dict())
    classifier.save_pretrained(out)
    shutil.copyfile(served / "tokenizer.json", out / "tokenizer.json")
    (out / "tokenizer_config.json").write_text(json.dumps(_TOKENIZER, indent=2) + "\n", encoding="utf-8")
    return out


_TOKENIZER: Final = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": MAX_TOKENS,
    "model_input_names": ["input_ids", "attention_mask"],
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
"""Written by hand, since what transformers 5 writes is not read by the 4 that other tools need."""
