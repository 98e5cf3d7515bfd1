"""The same answers on CPUs with and without VNNI, AVX-512 and bfloat16, by oneDNN's own switch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pulso_sentiment.model.cpu import below_ceiling, compile_options, cpu_flags

ZEN5 = frozenset({"fma", "avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16"})
SKYLAKE = frozenset({"fma", "avx2", "avx512f"})
HASWELL = frozenset({"fma", "avx2"})

SAME_LABEL = 0.995
PROBABILITY_MOVES = 0.02
ANSWERS = """
import json, sys
from datetime import UTC, datetime
from pulso_cli.sample import generate
from pulso_sentiment.model import load_model
from pulso_sentiment.model.offline import predict
from pulso_sentiment.settings import DEFAULT_MODEL

records = generate(1500, seed=20261121, end=datetime(2026, 11, 20, tzinfo=UTC))
texts = list(dict.fromkeys(record["text"] for record in records))[:500]
json.dump(predict(load_model(DEFAULT_MODEL), texts)[1].tolist(), sys.stdout)
"""


@pytest.mark.parametrize(
    ("precision", "flags", "hint"),
    [
        ("bf16", ZEN5, "bf16"),
        ("bf16", SKYLAKE, "f32"),
        ("bf16", HASWELL, "f32"),
        ("fp32", ZEN5, "f32"),
        ("bf16", frozenset(), "f32"),
    ],
)
def test_each_precision_is_executed_by_what_the_cpu_has(precision, flags, hint):
    assert compile_options(precision, flags)["INFERENCE_PRECISION_HINT"] == hint


def test_a_precision_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="int4"):
        compile_options("int4", ZEN5)


@pytest.mark.parametrize(
    ("ceiling", "left"),
    [
        ("", ZEN5),
        ("AVX512_CORE_BF16", ZEN5 - {"avx_vnni"}),
        ("AVX512_CORE", SKYLAKE),
        ("avx2_vnni", SKYLAKE | {"avx_vnni"}),
    ],
)
def test_the_switch_of_onednn_hides_what_it_forbids(ceiling, left):
    assert below_ceiling(ZEN5, ceiling) == left


def test_flags_are_those_of_the_first_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    listed = tmp_path / "cpuinfo"
    listed.write_text("model name\t: A CPU\nflags\t\t: fma avx2\n\nflags\t\t: other\n")
    assert cpu_flags(listed) == HASWELL
    assert cpu_flags(tmp_path / "absent") == frozenset()


@pytest.mark.parametrize(
    ("vendor", "flags", "hint"),
    [
        ("AuthenticAMD", "avx512f avx512_bf16", "bf16"),
        ("GenuineIntel", "avx512f avx512_bf16", "f32"),
        ("GenuineIntel", "avx512f avx512_bf16 amx_bf16", "bf16"),
    ],
)
def test_bfloat16_is_used_where_it_is_faster(
    vendor: str, flags: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    listed = tmp_path / "cpuinfo"
    listed.write_text(f"vendor_id\t: {vendor}\nflags\t\t: {flags}\n\nvendor_id\t: Other\n")
    assert compile_options("bf16", cpu_flags(listed))["INFERENCE_PRECISION_HINT"] == hint


def answers(ceiling: str | None) -> np.ndarray:
    """Probabilities of the default model in a process of its own: kernels are chosen once per process."""
    environment = {name: value for name, value in os.environ.items() if name != "ONEDNN_MAX_CPU_ISA"}
    if ceiling:
        environment["ONEDNN_MAX_CPU_ISA"] = ceiling
    done = subprocess.run([sys.executable, "-c", ANSWERS], env=environment, capture_output=True, check=True)
    return np.array(json.loads(done.stdout))


@pytest.fixture(scope="module")
def here() -> np.ndarray:
    return answers(None)


@pytest.mark.slow
@pytest.mark.parametrize("ceiling", ["AVX512_CORE", "AVX2_VNNI"])
def test_an_older_cpu_gives_the_same_answers(here: np.ndarray, ceiling: str):
    if "avx512f" not in cpu_flags():
        pytest.skip("this CPU has no AVX-512 to switch off")
    there = answers(ceiling)
    same = there.argmax(axis=1) == here.argmax(axis=1)
    assert len(same) == 500
    assert same.mean() >= SAME_LABEL
    best = np.sort(here[~same], axis=1)
    assert np.all(best[:, -1] - best[:, -2] <= PROBABILITY_MOVES), "only a draw may be decided otherwise"
    assert np.abs(there - here).max() <= PROBABILITY_MOVES
