"""How a network is computed."""

import pytest
import torch
from pulso_training import network


@pytest.mark.parametrize(("flags", "in_bfloat16"), [({"amx_bf16"}, True), ({"avx512_vnni"}, False)])
def test_matrices_are_multiplied_in_bfloat16_where_that_is_faster(monkeypatch, flags, in_bfloat16):
    monkeypatch.setattr(network, "cpu_flags", lambda: frozenset(flags))
    monkeypatch.setattr(network, "device", lambda: torch.device("cpu"))
    with network.mixed_precision():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert (product.dtype == torch.bfloat16) == in_bfloat16
