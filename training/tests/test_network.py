"""What a network is computed in."""

import pytest
import torch
from pulso_training import network, provenance


@pytest.mark.parametrize(
    ("flags", "dtype"), [({"amx_bf16"}, torch.bfloat16), ({"avx512_vnni"}, torch.float32)]
)
def test_matrices_are_multiplied_in_what_is_faster_and_the_record_tells(monkeypatch, flags, dtype):
    monkeypatch.setattr(network, "cpu_flags", lambda: frozenset(flags))
    monkeypatch.setattr(network, "device", lambda: torch.device("cpu"))
    with network.mixed_precision():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype is dtype
    assert f"torch.{provenance.machine()['compute_dtype']}" == str(dtype)
