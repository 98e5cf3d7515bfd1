"""How a network is executed on the CPU at hand, so that every CPU gives the same answers.

Kernels of two instruction sets round differently in the last bit. Where the values between layers are rounded
to one of 256 steps, such a bit can grow to a whole step and end as several hundredths of a probability; in
f32 it stays small, in bfloat16 between the two (figures: docs/adr/0007-one-text-one-answer.md). So int8 is
for those who ask for it (`int8.py`).
"""

import os
from collections.abc import Set as AbstractSet
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
VNNI = frozenset({"avx512_vnni", "avx_vnni"})
_BF16 = frozenset({"avx512_bf16", "amx_bf16"})
_SLOW_BF16_VENDOR = "GenuineIntel"
"""Its AVX-512 multiplies bfloat16 more slowly than f32; AMD's is twice as fast, and so is AMX, which virtual
machines often hide (docs/adr/0029-int8-on-request.md)."""
_CEILING = "ONEDNN_MAX_CPU_ISA"
"""https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html"""
_ALLOWED = {
    "AVX2": frozenset[str](),
    "AVX2_VNNI": frozenset({"avx_vnni"}),
    "AVX512_CORE": frozenset[str](),
    "AVX512_CORE_VNNI": frozenset({"avx512_vnni"}),
    "AVX512_CORE_BF16": frozenset({"avx512_vnni", "avx512_bf16"}),
}
"""What is left of the two sets above under a ceiling; a ceiling that is not listed takes nothing away."""


def cpu_flags(cpuinfo: Path = _CPUINFO) -> frozenset[str]:
    """Return the flags that Linux lists for the first CPU and that are worth using.

    Left out are those that `ONEDNN_MAX_CPU_ISA` forbids, and Intel's `avx512_bf16`.
    """
    try:
        first, _, _ = cpuinfo.read_text(encoding="utf-8").partition("\n\n")
    except OSError:
        return frozenset()
    told = {name.strip(): value for name, _, value in (line.partition(":") for line in first.splitlines())}
    flags = frozenset(told.get("flags", "").split())
    if told.get("vendor_id", "").strip() == _SLOW_BF16_VENDOR:
        flags -= {"avx512_bf16"}
    return below_ceiling(flags, os.environ.get(_CEILING, ""))


def below_ceiling(flags: AbstractSet[str], ceiling: str) -> frozenset[str]:
    """Return the flags that oneDNN may use when its instruction sets are held to `ceiling`."""
    kept = _ALLOWED.get(ceiling.upper(), VNNI | _BF16)
    return frozenset(flags - ((VNNI | _BF16) - kept))


def gains_by_bfloat16(flags: AbstractSet[str]) -> bool:
    """Whether a CPU with these flags (see `cpu_flags`) multiplies faster in bfloat16 than in f32."""
    return not _BF16.isdisjoint(flags)


def compile_options(precision: str, flags: AbstractSet[str]) -> dict[str, str | int]:
    """Return the options of OpenVINO's CPU plugin that execute a file of this precision.

    bf16 runs in bfloat16 where the CPU gains by it and in f32 elsewhere.

    Args:
        precision: `bf16` or `fp32`, as the model card has it.
        flags: See `cpu_flags`.

    Raises:
        ValueError: for another precision.
    """
    if precision not in {"bf16", "fp32"}:
        raise ValueError(f"no way to execute the precision {precision}")
    in_bf16 = precision == "bf16" and gains_by_bfloat16(flags)
    return {
        "INFERENCE_PRECISION_HINT": "bf16" if in_bf16 else "f32",
        # OpenVINO may round activations to int8 on its own, on those CPUs that have kernels for it.
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0,
        # Fused attention (Snippets) is slow in bfloat16 at lengths that 16 does not divide: the whole network
        # took up to 1.3 times as long (docs/adr/0013-scoring-close-to-the-limit.md).
        "SNIPPETS_MODE": "DISABLE",
    }
