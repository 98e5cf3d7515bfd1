"""From a torch checkpoint to OpenVINO."""

import warnings
from pathlib import Path

import openvino
import torch
from pulso_sentiment.model import quantisation
from torch import nn

from pulso_training import network
from pulso_training.network import Classifier

_INPUTS = ("input_ids", "attention_mask")


def convert(checkpoint: Path, *, rounded: bool = False) -> openvino.Model:
    """Convert a checkpoint to a model of free batch and length, its outputs named as in `Outputs`.

    Args:
        checkpoint: what `fit` wrote.
        rounded: whether matrices are rounded as `round_matrices` does.
    """
    loaded = network.load(checkpoint)
    if rounded:
        round_matrices(loaded)
    return converted(loaded)


def round_matrices(loaded: Classifier) -> None:
    """Round the large matrices to what a byte holds, the others and the embeddings to bfloat16, in place.

    A CPU that multiplies in bfloat16 would do the latter anyway: rounded in the file, CPUs that do not have
    the same weights.
    """
    for module in loaded.modules():
        for weights in module.parameters(recurse=False):
            if weights.ndim < 2:
                continue
            if isinstance(module, nn.Linear) and module.out_features >= quantisation.LEAST_OUTPUTS:
                weights.data = torch.from_numpy(quantisation.rounded(weights.detach().numpy()))
            else:
                weights.data = weights.data.bfloat16().float()


def converted(loaded: Classifier) -> openvino.Model:
    """Convert a network as `convert` does a checkpoint."""
    example = {name: torch.ones(2, 16, dtype=torch.long) for name in _INPUTS}
    with torch.inference_mode(), warnings.catch_warnings():
        # OpenVINO traces: torch calls that deprecated, and warns of each constant that a trace fixes.
        warnings.simplefilter("ignore")
        model = openvino.convert_model(loaded, example_input=example)
    for output, name in zip(model.outputs, network.Outputs._fields, strict=True):
        output.get_tensor().set_names({name})
    model.reshape({name: openvino.PartialShape([-1, -1]) for name in _INPUTS})
    return model


def save(model: openvino.Model, folder: Path, *, halved: bool) -> None:
    """Write `model.xml` and `model.bin`; `halved` stores weights as fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=halved)
