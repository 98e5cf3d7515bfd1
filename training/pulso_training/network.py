"""The classifier: a BERT encoder, the mean of its token states, one linear layer."""

import json
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from pulso_training.corpus import LABELS


class Classifier(nn.Module):
    """Maps token ids and their mask, both [texts, tokens], to logits [texts, 3] in the order of `LABELS`."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.head = nn.Linear(config.hidden_size, len(LABELS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the logits; padding positions (mask 0) do not take part in the mean."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        logits: Tensor = self.head(self.dropout(mean))
        return logits


def from_base(folder: Path) -> Classifier:
    """Load the base encoder of `folder` under a fresh head."""
    network = Classifier(_config(folder))
    network.encoder.load_state_dict(load_file(folder / "model.safetensors"))
    return network


def save(network: Classifier, folder: Path) -> None:
    """Write a checkpoint that `load` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(
        json.dumps(network.config.to_dict(), indent=2) + "\n", encoding="utf-8"
    )


def load(folder: Path) -> Classifier:
    """Load a checkpoint, ready for inference."""
    network = Classifier(_config(folder))
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return network.eval()


def _config(folder: Path) -> BertConfig:
    return BertConfig.from_dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))
