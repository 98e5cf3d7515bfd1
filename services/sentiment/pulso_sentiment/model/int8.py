"""Products in int8, for operators who prefer speed to the same digits on every CPU (`PULSO_INT8`).

Matrices are rounded to 256 steps when the model is loaded, each output with a scale of its own; activations
are rounded while they are multiplied, in groups of `GROUP` within one token. So an answer still does not
depend on what shares its batch, but it moves with the kind of CPU (docs/adr/0029-int8-on-request.md).
"""

from collections.abc import Set as AbstractSet

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13 as ops

from pulso_sentiment.model.base import Array
from pulso_sentiment.model.cpu import VNNI

GROUP = 64
"""Inputs of a product that share a scale. With 32 answers move a fifth less, for a fifth more of time."""
OPTIONS: dict[str, str | int] = {
    "INFERENCE_PRECISION_HINT": "f32",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP,
}
"""Of OpenVINO's CPU plugin, for a network whose matrices are in int8; what is not a product stays f32."""
_STEPS = 255


def gains(flags: AbstractSet[str]) -> bool:
    """Whether int8 is faster with these flags: where there is VNNI, but no AMX, which is faster still."""
    return not VNNI.isdisjoint(flags) and "amx_bf16" not in flags


def compress(network: openvino.Model) -> None:
    """Round the matrices [outputs, inputs] of all large products to int8, in place."""
    for node in network.get_ordered_ops():
        if node.get_type_name() == "MatMul" and node.get_attributes()["transpose_b"]:
            weights = _constant(node.input_value(1))
            if weights is not None and len(weights) >= GROUP:
                node.input(1).replace_source_output(_in_steps(weights))


def _constant(output: "openvino.Output") -> Array | None:
    node = output.get_node()
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float32) if node.get_type_name() == "Constant" else None


def _in_steps(weights: Array) -> "openvino.Output":
    """Return scale * (steps - zero), in the form that OpenVINO multiplies without unfolding it."""
    low = np.minimum(weights.min(axis=1, keepdims=True), 0)
    high = np.maximum(weights.max(axis=1, keepdims=True), 0)
    scale = np.where(high > low, (high - low) / _STEPS, 1).astype(np.float16)
    zero = np.rint(-low / scale)
    steps = np.rint(weights / scale) + zero
    whole = ops.subtract(_stored(steps), _stored(zero))
    return ops.convert(ops.multiply(whole, ops.constant(scale)), "f32").output(0)


def _stored(steps: NDArray[np.floating]) -> openvino.Node:
    return ops.convert(ops.constant(np.clip(steps, 0, _STEPS).astype(np.uint8)), "f16")
