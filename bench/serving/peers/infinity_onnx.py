"""Run by Infinity's Python: writes the models `onnx/float32` and `onnx/int8` into a classifier's folder.

The graphs are optimised as Infinity asks optimum to do it (BERT's fused operators, level 99). Its own attempt
fails with the optimum that it installs, whose `OptimizationConfig` has lost an argument since.
"""

import shutil
import sys
from pathlib import Path

from onnx import TensorProto
from onnxruntime.quantization import quantize_dynamic  # type: ignore[import-not-found]
from optimum.onnxruntime import (  # type: ignore[import-not-found]
    OptimizationConfig,
    ORTModelForSequenceClassification,
    ORTOptimizer,
)


def write(folder: Path) -> None:
    """Write both variants, or none."""
    begun = folder / "onnx.begun"
    shutil.rmtree(begun, ignore_errors=True)
    whole, quantised = begun / "float32", begun / "int8"
    exported = ORTModelForSequenceClassification.from_pretrained(folder, export=True)
    optimisation = OptimizationConfig(optimization_level=99)
    ORTOptimizer.from_pretrained(exported).optimize(optimisation, whole, file_suffix=None)
    quantised.mkdir()
    # The fused operators are not those of ONNX, whose inference of types does not know what they return.
    unknown = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(whole / "model.onnx", quantised / "model_quantized.onnx", extra_options=unknown)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, whole / name)
        shutil.copyfile(folder / name, quantised / name)
    begun.rename(folder / "onnx")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
