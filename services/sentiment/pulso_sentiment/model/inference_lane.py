"""One inference request of OpenVINO with inputs of its own, for one thread at a time."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import openvino
from numpy.typing import NDArray

from pulso_sentiment.model.base import Answers, Array

Integers = NDArray[np.int64]


class _Inputs(NamedTuple):
    ids: Integers
    mask: Integers
    tensors: dict[str, openvino.Tensor]


class InferenceLane:
    """Reads one batch after the other, beside other lanes.

    Inputs lie in arrays that are made once for each shape of the grid and live as long as the lane.
    Handed over call by call (`share_inputs=True`), arrays are let go of inside OpenVINO, which needs
    Python's lock for that: twice, in a benchmark with two lanes, all threads stood still in such a call.
    The cause is not proved, since it could not be brought about on purpose.
    """

    def __init__(self, compiled: openvino.CompiledModel) -> None:
        self._request = compiled.create_infer_request()
        self._outputs = {"sentiment": compiled.outputs[0]} | {
            name: port for port in compiled.outputs for name in port.get_names() if name in Answers._fields
        }
        self._inputs = lru_cache(maxsize=None)(_inputs)

    def infer(self, ids: Integers, mask: Integers) -> Answers:
        """Return the answers on all rows."""
        inputs = self._inputs(ids.shape)
        inputs.ids[:], inputs.mask[:] = ids, mask
        for name, tensor in inputs.tensors.items():
            self._request.set_tensor(name, tensor)
        self._request.infer()
        read: dict[str, Array] = {
            name: np.array(self._request.get_tensor(port).data, np.float32)
            for name, port in self._outputs.items()
        }
        return Answers(read["sentiment"], read.get("emotion"), read.get("embedding"))


def _inputs(shape: tuple[int, int]) -> _Inputs:
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    tensors = {
        name: openvino.Tensor(array, shared_memory=True)
        for name, array in (("input_ids", ids), ("attention_mask", mask))
    }
    return _Inputs(ids, mask, tensors)
