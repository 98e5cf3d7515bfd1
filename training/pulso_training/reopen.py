"""From a served folder back to a checkpoint, to go on from a model of which only the file is left."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import torch
from numpy.typing import NDArray
from pulso_sentiment.model.checksums import verify_sums
from torch import Tensor
from transformers import BertConfig

from pulso_training.checkpoint import TOKENIZER_FILE, CheckpointError, write_fitted
from pulso_training.convert import converted
from pulso_training.export import RECORD_FILE
from pulso_training.network import Classifier

_MODEL = "model.xml"


def reopen(served: Path, out: Path) -> None:
    """Write the checkpoint of a served model: its weights as they are served, its tokeniser, its record.

    The served graph does not name its weights. A blank network of the same shape is converted, its constants
    tell which of them is which parameter, and those at the same places of the served graph are taken.

    Raises:
        CheckpointError: when the folder is no served model of ours, does not tell its shape,
            was altered, was converted to another graph than today's, or is `out` itself.
        StorageError: when `out` cannot be written.
    """
    if out.resolve() == served.resolve():
        raise CheckpointError(f"{out} is the served model itself: its checkpoint needs another folder")
    record = _record(served)
    blank = Classifier(BertConfig.from_dict(record["encoder"]))
    blank.load_state_dict(_weights(blank, served))
    write_fitted(out, blank, served, record["checkpoint"]["record"])


def _record(served: Path) -> dict[str, dict[str, Any]]:
    for name in (_MODEL, RECORD_FILE, TOKENIZER_FILE):
        if not (served / name).is_file():
            raise CheckpointError(f"{served} is no exported model: it has no {name}")
    try:
        verify_sums(served)
    except ValueError as error:
        raise CheckpointError(str(error)) from error
    record: dict[str, dict[str, object]] = json.loads((served / RECORD_FILE).read_text("utf-8"))
    if "encoder" not in record:
        raise CheckpointError(f"{served} does not tell the shape of its encoder")
    return record


def _weights(blank: Classifier, served: Path) -> dict[str, Tensor]:
    for weights in blank.parameters():
        torch.nn.init.normal_(weights)
    own = _constants(converted(blank))
    theirs = _constants(openvino.Core().read_model(served / _MODEL))
    if [each.shape for each in own] != [each.shape for each in theirs]:
        raise CheckpointError(f"{served} was converted by other libraries than these")
    place = {_content(constant): index for index, constant in enumerate(own)}
    found = {}
    for name, weights in blank.state_dict().items():
        served_weights = theirs[place[_content(weights.numpy())]].astype(np.float32)
        found[name] = torch.from_numpy(served_weights).view(weights.shape)
    return found


def _constants(model: openvino.Model) -> list[NDArray[np.generic]]:
    return [np.array(each.data) for each in model.get_ordered_ops() if each.get_type_name() == "Constant"]


def _content(constant: NDArray[np.generic]) -> bytes:
    return np.ascontiguousarray(constant).tobytes()
