"""Eight-bit matrices whose scales are powers of two: each output has a scale and a zero point of its own.

Such weights are the same numbers in bfloat16, in f32 and as one byte each, since a difference of two bytes
has no more digits than bfloat16. So the export rounds the large matrices to them (`rounded`), every CPU
multiplies by the same weights, and one that does so in f32 keeps them as bytes (`compress`;
docs/adr/0030-matrices-in-steps-of-a-power-of-two.md).
"""

from typing import NamedTuple

import numpy as np
import openvino
from numpy.typing import NDArray
from openvino import opset13 as ops

from pulso_sentiment.model.base import Array

LEAST_OUTPUTS = 64
"""Products of fewer outputs, such as the heads, stay as they are: nothing is gained there."""
_MOST = 255
_LEAST_EXPONENT = -24
"""Of the smallest scale that 16 bits hold (a subnormal of IEEE binary16)."""


class Quantised(NamedTuple):
    """Weights [outputs, inputs] as `scale * (values - zero_point)`; the other two are [outputs, 1]."""

    values: NDArray[np.uint8]
    zero_point: NDArray[np.uint8]
    scale: Array


def rounded(weights: Array) -> Array:
    """Return the nearest weights that bytes can hold.

    A scale is the smallest that covers an output's weights, or half of it where cutting off the largest ones
    leaves a smaller squared error.
    """
    low, high = _range(weights)
    scale = _covering(low, high)
    zero_point = np.rint(-low / np.where(high > low, high - low, 1) * _MOST)
    wide, fine = (_nearest(weights, each, zero_point) for each in (scale, _at_least_tiny(scale / 2)))
    better = _error(fine, weights) < _error(wide, weights)
    found: Array = np.where(better, fine, wide).astype(np.float32)
    return found


def quantised(weights: Array) -> Quantised | None:
    """Return weights as bytes, None where they have more digits than that."""
    low, high = _range(weights)
    scale = _covering(low, high)
    zero_point = -low / scale
    values = weights / scale + zero_point
    if not np.array_equal(values, np.rint(values)) or values.min() < 0 or values.max() > _MOST:
        return None
    return Quantised(values.astype(np.uint8), zero_point.astype(np.uint8), scale)


def compress(network: openvino.Model, *, rounding: bool) -> None:
    """Hold the large matrices of a network as bytes, in place; `rounding` rounds those of more digits."""
    for node in network.get_ordered_ops():
        if node.get_type_name() == "MatMul" and node.get_attributes()["transpose_b"]:
            weights = _constant(node.input_value(1))
            if weights is None or len(weights) < LEAST_OUTPUTS:
                continue
            found = quantised(weights) or (quantised(rounded(weights)) if rounding else None)
            if found is not None:
                node.input(1).replace_source_output(_decompressed(found))


def _range(weights: Array) -> tuple[Array, Array]:
    least: Array = np.minimum(weights.min(axis=1, keepdims=True), 0)
    most: Array = np.maximum(weights.max(axis=1, keepdims=True), 0)
    return least, most


def _covering(low: Array, high: Array) -> Array:
    with np.errstate(divide="ignore"):
        exponent = np.ceil(np.log2((high - low) / _MOST))
    return _at_least_tiny(np.exp2(exponent, dtype=np.float32))


def _at_least_tiny(scale: NDArray[np.floating]) -> Array:
    found: Array = np.maximum(scale, 2.0**_LEAST_EXPONENT).astype(np.float32)
    return found


def _nearest(weights: Array, scale: Array, zero_point: Array) -> Array:
    found: Array = scale * (np.clip(np.rint(weights / scale) + zero_point, 0, _MOST) - zero_point)
    return found


def _error(found: Array, weights: Array) -> Array:
    squares: Array = np.square(found - weights).sum(axis=1, keepdims=True)
    return squares


def _constant(output: "openvino.Output") -> Array | None:
    node = output.get_node()
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float32) if node.get_type_name() == "Constant" else None


def _decompressed(found: Quantised) -> "openvino.Output":
    """Return the weights in the form that OpenVINO multiplies by without unfolding them in memory."""
    values, zero_point = (ops.convert(ops.constant(part), "f16") for part in (found.values, found.zero_point))
    scale = ops.constant(found.scale.astype(np.float16))
    return ops.convert(ops.multiply(ops.subtract(values, zero_point), scale), "f32").output(0)
