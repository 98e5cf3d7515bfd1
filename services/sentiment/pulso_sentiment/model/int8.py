"""Products in int8, for operators who prefer speed to the same digits on every CPU (`PULSO_INT8`).

Matrices are bytes already, or are rounded to them when the model is loaded (`quantisation.py`); activations
are rounded while they are multiplied, in groups of `GROUP` within one token. So an answer still does not
depend on what shares its batch, but it moves with the kind of CPU (docs/adr/0029-int8-on-request.md).
"""

from collections.abc import Set as AbstractSet

from pulso_sentiment.model.cpu import VNNI

GROUP = 64
"""Inputs of a product that share a scale. With 32 answers move a fifth less, for a fifth more of time."""
OPTIONS: dict[str, str | int] = {
    "INFERENCE_PRECISION_HINT": "f32",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP,
}
"""Of OpenVINO's CPU plugin, for a network whose matrices are in int8; what is not a product stays f32."""


def gains(flags: AbstractSet[str]) -> bool:
    """Whether int8 is faster with these flags: where there is VNNI, but no AMX, which is faster still."""
    return not VNNI.isdisjoint(flags) and "amx_bf16" not in flags
