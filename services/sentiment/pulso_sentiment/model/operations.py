"""Floating point operations: what a network needs for a text, and what the CPU can do at best."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import openvino
from openvino import opset13 as ops

from pulso_sentiment.model.quantisation import compress

_ROWS = 256
_WIDTHS = (384, 1536, 384, 1536, 384)
"""The default model's own feed-forward layers without what lies between them: of the products tried, those
that came closest to what torch reaches."""
_PASSES = 2
_SECONDS = 0.06


@dataclass(frozen=True, slots=True)
class Cost:
    """What one window costs: a part by token, and one by pair of tokens (attention)."""

    by_token: float
    by_pair: float

    def operations(self, tokens: int) -> float:
        """Return the multiplications and additions for a window of so many tokens."""
        return self.by_token * tokens + self.by_pair * tokens**2


def cost_of(network: openvino.Model) -> Cost:
    """Count matrix products: 2 operations per weight and token, 4 per unit and pair of tokens."""
    by_token = by_pair = 0
    for node in network.get_ordered_ops():
        if node.get_type_name() == "MatMul":
            weights = node.input_value(1).get_partial_shape()
            if weights.is_static:
                by_token += 2 * weights[0].get_length() * weights[1].get_length()
        elif node.get_type_name() == "ScaledDotProductAttention":
            _, heads, _, size = node.input_value(0).get_partial_shape()
            by_pair += 4 * heads.get_length() * size.get_length()
    return Cost(by_token, by_pair)


def peak_operations(options: Mapping[str, str | int], *, int8: bool) -> float:
    """Return the best rate of a chain of matrix products, compiled with the network's own options.

    Each of the streams that the options name multiplies for itself, as the devices do, in `int8` if they do.
    """
    given = ops.parameter([_ROWS, _WIDTHS[0]], np.float32)
    found, draw, operations = given, np.random.default_rng(0), 0
    for width, next_width in pairwise(_WIDTHS):
        weights = draw.normal(scale=width**-0.5, size=(next_width, width)).astype(np.float32)
        found = ops.matmul(found, weights, False, True)
        operations += 2 * _ROWS * width * next_width
    network = openvino.Model([found], [given])
    if int8:
        compress(network, rounding=True)
    compiled = openvino.Core().compile_model(network, "CPU", dict(options))
    queue = openvino.AsyncInferQueue(compiled, int(options["NUM_STREAMS"]))
    inputs = {0: np.ones((_ROWS, _WIDTHS[0]), np.float32)}
    best = 0.0
    ends = time.monotonic() + _SECONDS
    while best == 0.0 or time.monotonic() < ends:
        started = time.monotonic()
        for _ in range(_PASSES * len(queue)):
            queue.start_async(inputs)
        queue.wait_all()
        best = max(best, operations * _PASSES * len(queue) / (time.monotonic() - started))
    return best
