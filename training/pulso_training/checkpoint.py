"""The folder that a run starts from, with a clear word when it does not fit, and that becomes of it."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from pulso_training import network
from pulso_training.errors import InputError
from pulso_training.network import Classifier
from pulso_training.storage import write_text, writing

CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE = "config.json", "model.safetensors", "tokenizer.json"
FIT_FILE = "fit.json"
_HEAD = "sentiment.weight"


class CheckpointError(InputError):
    """A folder that holds no encoder and no checkpoint that could be used."""


def open_start(folder: Path) -> tuple[Classifier, Tokenizer]:
    """Load an encoder under fresh heads, or a fitted checkpoint with its own, and the tokeniser.

    Raises:
        CheckpointError: when a file is absent or damaged, or the files do not fit one another.
    """
    for name in (CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE):
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder} is no checkpoint: it has no {name}")
    model, tokenizer = _model(folder), _tokenizer(folder / TOKENIZER_FILE)
    if tokenizer.get_vocab_size() > model.config.vocab_size:
        raise CheckpointError(
            f"{folder} does not fit: its {TOKENIZER_FILE} has {tokenizer.get_vocab_size():,} pieces "
            f"and its weights {model.config.vocab_size:,}"
        )
    return model, tokenizer


def open_fitted(folder: Path) -> tuple[Classifier, Tokenizer]:
    """Load a checkpoint whose heads have been trained.

    Raises:
        CheckpointError: as `open_start`, and for an encoder without heads.
    """
    opened = open_start(folder)
    if not _has_heads(folder):
        raise CheckpointError(f"{folder} holds an encoder that has not been fine-tuned")
    return opened


def write_fitted(out: Path, model: Classifier, tokenizer: Path, record: Mapping[str, object]) -> None:
    """Write the checkpoint of a network that another way than `fit` made, with its record.

    Args:
        out: The folder.
        model: With trained heads.
        tokenizer: A folder with its tokeniser.
        record: What it came from.

    Raises:
        StorageError: when `out` cannot be written.
    """
    with writing(out):
        network.save(model, out)
        shutil.copyfile(tokenizer / TOKENIZER_FILE, out / TOKENIZER_FILE)
        write_text(out / FIT_FILE, json.dumps(record, indent=1) + "\n")


def _has_heads(folder: Path) -> bool:
    with safe_open(folder / WEIGHTS_FILE, "pt") as weights:
        return _HEAD in weights.keys()  # noqa: SIM118 - it is no mapping


def _model(folder: Path) -> Classifier:
    try:
        return network.load(folder) if _has_heads(folder) else network.from_encoder(folder)
    except SafetensorError as error:
        raise CheckpointError(f"{folder / WEIGHTS_FILE} is damaged: {error}") from error
    except RuntimeError as error:
        raise CheckpointError(
            f"{folder} does not fit: the weights have other names or shapes than {CONFIG_FILE} says"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"{folder / CONFIG_FILE} describes no BERT encoder: {error}") from error


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises no narrower class
        raise CheckpointError(f"{path} is no tokeniser: {error}") from error
