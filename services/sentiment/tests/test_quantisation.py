"""Eight-bit matrices: the same weights on every CPU, and products as before."""

from pathlib import Path

import numpy as np
import openvino
import pytest
import torch
from openvino import opset13 as ops
from pulso_sentiment.model import Array
from pulso_sentiment.model.cpu import compile_options
from pulso_sentiment.model.quantisation import LEAST_OUTPUTS, compress, quantised, rounded
from pulso_sentiment.settings import DEFAULT_MODEL


@pytest.fixture
def weights() -> Array:
    """Rows of all sizes: of zeros, of one sign, with an outlier, tiny."""
    draw = np.random.default_rng(0)
    found = draw.normal(size=(96, 80)).astype(np.float32)
    found *= draw.uniform(0.001, 1, (96, 1)).astype(np.float32)
    found[0] = 0
    found[1] = abs(found[1])
    found[2] = -abs(found[2])
    found[3, 5] = 30
    found[4] *= 1e-6
    return found


def test_rounded_weights_are_the_same_in_each_form_that_cpus_multiply(weights: Array):
    found = rounded(weights)
    assert np.array_equal(torch.from_numpy(found).bfloat16().float().numpy(), found)
    assert np.array_equal(found.astype(np.float16).astype(np.float32), found)
    held = quantised(found)
    assert held is not None
    assert np.array_equal(held.scale * (held.values.astype(np.float32) - held.zero_point), found)
    assert np.array_equal(rounded(found), found)


def test_what_rounding_changes_is_small(weights: Array):
    usual = weights[5:]
    assert np.abs(rounded(usual) - usual).max() <= np.ptp(usual, axis=1).max() / 127
    assert np.linalg.norm(rounded(usual) - usual) < 0.015 * np.linalg.norm(usual)
    assert not rounded(weights)[0].any()


def test_weights_of_more_digits_are_no_bytes(weights: Array):
    assert quantised(weights) is None
    almost = rounded(weights)
    almost[7, 7] *= 1.01
    assert quantised(almost) is None


def product(weights: Array) -> openvino.Model:
    given = ops.parameter([-1, weights.shape[1]], np.float32)
    return openvino.Model([ops.matmul(given, ops.constant(weights), False, True)], [given])


def kinds(network: openvino.Model) -> set[str]:
    constants = (node for node in network.get_ordered_ops() if node.get_type_name() == "Constant")
    return {node.get_element_type().get_type_name() for node in constants if node.data.ndim == 2}


def answers(network: openvino.Model, given: Array) -> Array:
    compiled = openvino.compile_model(network, "CPU", compile_options("fp32", frozenset()))
    return np.array(compiled(given)[0])


@pytest.mark.parametrize("rows", [1, 40])
def test_compressed_matrices_multiply_as_before(weights: Array, rows: int):
    given = np.random.default_rng(1).normal(size=(rows, 80)).astype(np.float32)
    network, expected = product(rounded(weights)), answers(product(rounded(weights)), given)
    compress(network, rounding=False)
    assert "u8" in kinds(network)
    np.testing.assert_allclose(answers(network, given), expected, rtol=1e-5, atol=1e-5)


def test_what_has_more_digits_is_rounded_for_who_asks_only(weights: Array):
    network = product(weights)
    compress(network, rounding=False)
    assert kinds(network) == {"f32"}
    compress(network, rounding=True)
    assert "u8" in kinds(network)


def test_a_head_stays_as_it_is(weights: Array):
    network = product(rounded(weights[: LEAST_OUTPUTS - 1]))
    compress(network, rounding=True)
    assert kinds(network) == {"f32"}


def test_all_layers_of_the_default_model_are_bytes():
    network = openvino.Core().read_model(Path(DEFAULT_MODEL) / "model.xml")
    compress(network, rounding=False)
    compressed = [node for node in network.get_ordered_ops() if node.get_type_name() == "Subtract"]
    products_in_a_layer, layers = 6, 12
    assert len(compressed) == products_in_a_layer * layers
