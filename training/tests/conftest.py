"""A base encoder small enough to train in a second."""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
import torch
from pulso_training.corpus import Row
from pulso_training.network import Classifier
from safetensors.torch import save_file
from transformers import BertConfig

# The tests run side by side, and networks this small gain nothing from a second thread: two threads in each
# of two processes wait for each other and take ten times as long.
torch.set_num_threads(1)

WORDS = ["rico", "bueno", "feo", "malo", "normal", "regular", "muy", "todo", "la", "comida"]
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁",
    *(f"▁{word}" for word in WORDS),
    *"abcdefghijklmnopqrstuvwxyz",
    "<mask>",
]


def tokenizer_specification() -> dict[str, object]:
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    specials = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    ends = {name: {"id": name, "ids": [PIECES.index(name)], "tokens": [name]} for name in ("<s>", "</s>")}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": PIECES.index(name), "content": name} | special for name in specials],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": ends,
        },
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "model": {
            "type": "Unigram",
            "unk_id": 3,
            "vocab": [
                [piece, 0.0 if piece.startswith("<") else -2.0 - (len(piece) == 1)] for piece in PIECES
            ],
            "byte_fallback": False,
        },
    }


@pytest.fixture
def specification() -> dict[str, object]:
    return tokenizer_specification()


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    config = {
        "model_type": "bert",
        "vocab_size": len(PIECES),
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 512,
        "pad_token_id": 1,
    }
    torch.manual_seed(1)
    network = Classifier(BertConfig.from_dict(config))
    save_file(network.encoder.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_specification()))
    return folder


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """240 texts of three classes that one word tells apart."""
    draw = np.random.default_rng(3)
    said = {"positive": ["rico", "bueno"], "negative": ["feo", "malo"], "neutral": ["normal", "regular"]}
    made = []
    for number in range(240):
        label = list(said)[number % 3]
        filler = " ".join(draw.choice(["muy", "todo", "la", "comida"], size=1 + number % 5))
        made.append(Row(f"{filler} {draw.choice(said[label])}", label, "restaurants", "made"))
    return made


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[[str, Iterable[Row]], Path]:
    """Writes rows as a CSV under a name."""

    def write(name: str, rows: Iterable[Row]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("text", "label", "rating", "domain", "country", "source", "emotion"))
            for row in rows:
                stars = "" if row.rating is None else row.rating
                writer.writerow(
                    (row.text, row.label, stars, row.domain, row.country, "somewhere", row.emotion)
                )
        return path

    return write


@pytest.fixture
def labelled(rows: list[Row], write_rows: Callable[[str, Iterable[Row]], Path]) -> Path:
    """A CSV of 240 texts that differ from each other."""
    return write_rows(
        "ours.csv",
        (
            Row(f"{row.text} {chr(97 + n % 26) * (n // 26 + 1)}", row.label, "", "")
            for n, row in enumerate(rows)
        ),
    )
