"""What is minimised: how far both heads are from what they should answer."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from pulso_training.network import Outputs, device
from pulso_training.recipe import Parameters
from pulso_training.targets import Distribution, Target

_LEAST_SHARE = 1e-4


class Losses:
    """Cross-entropy of both heads against distributions, classes weighted against their imbalance."""

    def __init__(self, targets: Sequence[Target], parameters: Parameters) -> None:
        power = parameters.class_weight_power
        self._sentiment = nn.CrossEntropyLoss(class_weights([found.sentiment for found in targets], power))
        self._emotion = nn.CrossEntropyLoss(class_weights([found.emotion for found in targets], power))
        self._emotion_weight = parameters.emotion_weight

    def __call__(self, outputs: Outputs, targets: Sequence[Target]) -> Tensor:
        """Return the loss of a batch, one number."""
        sentiment = _of(self._sentiment, outputs.sentiment, [found.sentiment for found in targets])
        emotion = _of(self._emotion, outputs.emotion, [found.emotion for found in targets])
        return sentiment + self._emotion_weight * emotion


def class_weights(wanted: Sequence[Distribution | None], power: float) -> Tensor | None:
    """Return a weight per class, its share to the -power, with mean 1 over the examples."""
    known = np.array([distribution for distribution in wanted if distribution is not None])
    if not len(known):
        return None
    shares = known.mean(axis=0)
    weights = np.maximum(shares, _LEAST_SHARE) ** -power
    return torch.tensor(weights / (weights * shares).sum(), dtype=torch.float32, device=device())


def _of(loss: nn.CrossEntropyLoss, logits: Tensor, wanted: Sequence[Distribution | None]) -> Tensor:
    """Return the mean over the batch, where a text without a target counts as 0."""
    known = [i for i, distribution in enumerate(wanted) if distribution is not None]
    if not known:
        return logits.float().sum() * 0.0
    truth = torch.tensor([wanted[i] for i in known], device=logits.device)
    found: Tensor = loss(logits[known].float(), truth)
    return found * (len(known) / len(wanted))
