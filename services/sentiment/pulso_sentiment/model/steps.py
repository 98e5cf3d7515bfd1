"""Matrices in 256 steps whose size is a power of two, each output with a step and a zero of its own.

Such weights are the same numbers in bfloat16, in f32 and as one byte each, since a difference of two bytes
has no more digits than bfloat16. So the export rounds the large matrices to them (`rounded`), every CPU
multiplies by the same weights, and one that does so in f32 keeps and reads a quarter of the memory (`fold`;
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
"""The smallest step that 16 bits hold (a subnormal of IEEE binary16)."""


class Steps(NamedTuple):
    """Weights [outputs, inputs] as `size * (steps - zero)`; `size` and `zero` are [outputs, 1]."""

    steps: NDArray[np.uint8]
    zero: NDArray[np.uint8]
    size: Array


def rounded(weights: Array) -> Array:
    """Return the nearest weights in steps.

    A step is such that the 256 cover an output's weights, or half of that where cutting off the largest ones
    leaves a smaller squared error.
    """
    low, high = _range(weights)
    size = _covering(low, high)
    zero = np.rint(-low / np.where(high > low, high - low, 1) * _MOST)
    wide, fine = (_nearest(weights, each, zero) for each in (size, _at_least_tiny(size / 2)))
    better = _error(fine, weights) < _error(wide, weights)
    found: Array = np.where(better, fine, wide).astype(np.float32)
    return found


def in_steps(weights: Array) -> Steps | None:
    """Return weights as steps, None where they are not in steps."""
    low, high = _range(weights)
    size = _covering(low, high)
    zero = -low / size
    steps = weights / size + zero
    if not np.array_equal(steps, np.rint(steps)) or steps.min() < 0 or steps.max() > _MOST:
        return None
    return Steps(steps.astype(np.uint8), zero.astype(np.uint8), size)


def fold(network: openvino.Model, *, rounding: bool) -> None:
    """Hold the large matrices of a network as steps, in place; `rounding` rounds those in none."""
    for node in network.get_ordered_ops():
        if node.get_type_name() == "MatMul" and node.get_attributes()["transpose_b"]:
            weights = _constant(node.input_value(1))
            if weights is None or len(weights) < LEAST_OUTPUTS:
                continue
            found = in_steps(weights) or (in_steps(rounded(weights)) if rounding else None)
            if found is not None:
                node.input(1).replace_source_output(_unfolding(found))


def _range(weights: Array) -> tuple[Array, Array]:
    least: Array = np.minimum(weights.min(axis=1, keepdims=True), 0)
    most: Array = np.maximum(weights.max(axis=1, keepdims=True), 0)
    return least, most


def _covering(low: Array, high: Array) -> Array:
    with np.errstate(divide="ignore"):
        exponent = np.ceil(np.log2((high - low) / _MOST))
    return _at_least_tiny(np.exp2(exponent, dtype=np.float32))


def _at_least_tiny(size: NDArray[np.floating]) -> Array:
    found: Array = np.maximum(size, 2.0**_LEAST_EXPONENT).astype(np.float32)
    return found


def _nearest(weights: Array, size: Array, zero: Array) -> Array:
    found: Array = size * (np.clip(np.rint(weights / size) + zero, 0, _MOST) - zero)
    return found


def _error(found: Array, weights: Array) -> Array:
    squares: Array = np.square(found - weights).sum(axis=1, keepdims=True)
    return squares


def _constant(output: "openvino.Output") -> Array | None:
    node = output.get_node()
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float32) if node.get_type_name() == "Constant" else None


def _unfolding(found: Steps) -> "openvino.Output":
    """Return the weights in the form that OpenVINO multiplies by without unfolding them in memory."""
    steps, zero = (ops.convert(ops.constant(part), "f16") for part in (found.steps, found.zero))
    size = ops.constant(found.size.astype(np.float16))
    return ops.convert(ops.multiply(ops.subtract(steps, zero), size), "f32").output(0)
