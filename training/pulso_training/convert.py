"""From a torch checkpoint to OpenVINO: conversion and static int8 quantisation."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import nncf
import openvino
import torch
from pulso_sentiment.model.base import Tokens, pad
from pulso_sentiment.model.preprocess import preprocess
from tokenizers import Tokenizer

from pulso_training import network
from pulso_training.examples import PAD_ID
from pulso_training.network import Classifier

_INPUTS = ("input_ids", "attention_mask")


def convert(checkpoint: Path, *, rounded: bool = False) -> openvino.Model:
    """Convert a checkpoint to a model of free batch and length, its outputs named as in `Outputs`.

    Args:
        checkpoint: what `fit` wrote.
        rounded: whether matrices are rounded to bfloat16. A CPU that multiplies in bfloat16 does it anyway:
            rounded in the file, CPUs that do not have the same weights.
    """
    loaded = network.load(checkpoint)
    if rounded:
        for weights in loaded.parameters():
            if weights.ndim > 1:
                weights.data = weights.data.bfloat16().float()
    return converted(loaded)


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


def quantise(
    model: openvino.Model, tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int
) -> openvino.Model:
    """Quantise weights and activations to int8; scales come from `texts`, never from a batch's neighbours."""
    tokenizer.enable_truncation(max_tokens)

    def inputs(text: str) -> dict[str, object]:
        ids, mask = pad([Tokens(tokenizer.encode(preprocess(text)).ids)], PAD_ID)
        return {"input_ids": ids, "attention_mask": mask}

    return nncf.quantize(
        model,
        nncf.Dataset(list(texts), inputs),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(texts),
    )


def save(model: openvino.Model, folder: Path, *, halved: bool) -> None:
    """Write `model.xml` and `model.bin`; `halved` stores weights that are not int8 as fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, folder / "model.xml", compress_to_fp16=halved)
