"""The network: a BERT encoder, the mean of its token states, one linear layer per question."""

import json
from pathlib import Path
from typing import NamedTuple

import torch
from pulso_sentiment.model.cpu import cpu_flags, gains_by_bfloat16
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from pulso_training.corpus import EMOTIONS, LABELS


class Outputs(NamedTuple):
    """Logits [texts, 3] of `LABELS`, [texts, 7] of `EMOTIONS`, and mean states [texts, width]."""

    sentiment: Tensor
    emotion: Tensor
    embedding: Tensor


class Classifier(nn.Module):
    """Maps token ids and their mask, both [texts, tokens], to `Outputs`."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.sentiment = nn.Linear(config.hidden_size, len(LABELS))
        self.emotion = nn.Linear(config.hidden_size, len(EMOTIONS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Outputs:
        """Return the outputs; padding positions (mask 0) do not take part in the mean."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        dropped = self.dropout(mean)
        return Outputs(self.sentiment(dropped), self.emotion(dropped), mean)


def from_encoder(folder: Path) -> Classifier:
    """Load the encoder of `folder`, a base or pre-trained one, under fresh heads."""
    network = Classifier(read_config(folder))
    network.encoder.load_state_dict(load_file(folder / "model.safetensors"))
    return network


def shallower(network: Classifier, layers: int) -> Classifier:
    """Return a student with `layers` layers of the network, evenly spread and ending with the last."""
    config = BertConfig.from_dict(network.config.to_dict() | {"num_hidden_layers": layers})
    student = Classifier(config)
    depth = network.config.num_hidden_layers
    kept = [round((i + 1) * depth / layers) - 1 for i in range(layers)]
    student.encoder.embeddings.load_state_dict(network.encoder.embeddings.state_dict())
    for new, old in enumerate(kept):
        student.encoder.encoder.layer[new].load_state_dict(network.encoder.encoder.layer[old].state_dict())
    student.sentiment.load_state_dict(network.sentiment.state_dict())
    student.emotion.load_state_dict(network.emotion.state_dict())
    return student


def save(network: Classifier, folder: Path) -> None:
    """Write a checkpoint that `load` reads; a file is never seen half-written."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "model.safetensors"
    begun = whole.with_suffix(".begun")
    save_file(network.state_dict(), begun)
    begun.replace(whole)
    config = json.dumps(network.config.to_dict(), indent=2) + "\n"
    (folder / "config.json").write_text(config, encoding="utf-8")


def load(folder: Path) -> Classifier:
    """Load a checkpoint, ready for inference."""
    network = Classifier(read_config(folder))
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return network.eval()


def read_config(folder: Path) -> BertConfig:
    """Return the shape of the encoder in `folder`."""
    return BertConfig.from_dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))


def device() -> torch.device:
    """Return where to train: a GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def compute_dtype() -> torch.dtype:
    """Return what matrices are multiplied in: bfloat16 where that is faster (GPUs, some CPUs), else f32."""
    faster = device().type == "cuda" or gains_by_bfloat16(cpu_flags())
    return torch.bfloat16 if faster else torch.float32


def mixed_precision() -> torch.autocast:
    """Return the context that multiplies in `compute_dtype`."""
    return torch.autocast(device().type, torch.bfloat16, enabled=compute_dtype() is torch.bfloat16)
