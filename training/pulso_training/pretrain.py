"""Domain-adaptive pre-training: guessing masked words of unlabelled feedback (Gururangan et al. 2020, ACL).

It also teaches the pieces that were added to the vocabulary, and mends what four-bit weights lost.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from pulso_sentiment.model.preprocess import preprocess
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from pulso_training.cpu_speed import ready_for_training
from pulso_training.errors import InputError
from pulso_training.examples import grouped, padded
from pulso_training.network import device, mixed_precision, read_config
from pulso_training.schedule import warm_linear
from pulso_training.storage import BEGUN, write_text, writing

RECORD_FILE = "pretrain.json"
_IGNORED = -100
_REPORT_STEPS = 50
_SPECIALS = 4


@dataclass(frozen=True)
class Pretraining:
    """The parameters; `minutes` bounds the run, whose rate falls to zero by its end; lengths in tokens."""

    minutes: float = 12.0
    batch: int = 32
    max_tokens: int = 64
    masked: float = 0.2
    rate: float = 2e-4
    warmup: float = 0.08
    seed: int = 20261121


class MaskedWords(nn.Module):
    """An encoder under BERT's masked-word head, whose last matrix is the word embedding itself."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.transform = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))

    def forward(self, ids: Tensor, mask: Tensor, truth: Tensor) -> Tensor:
        """Return the mean loss over the positions where `truth` is a piece."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        guessed = truth != _IGNORED
        embedding = self.encoder.embeddings.word_embeddings.weight
        logits = nn.functional.linear(self.transform(states[guessed]), embedding, self.bias)
        return nn.functional.cross_entropy(logits.float(), truth[guessed])


def pretrain(
    start: Path, texts: Sequence[str], parameters: Pretraining, out: Path, report: Callable[[str], None]
) -> None:
    """Go on from the encoder in `start` for the given time and write the better one to `out`."""
    torch.manual_seed(parameters.seed)
    draw = random.Random(parameters.seed)
    encoder = BertModel(read_config(start), add_pooling_layer=False)
    encoder.load_state_dict(load_file(start / "model.safetensors"))
    tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
    vocabulary = _Vocabulary(_mask_id(tokenizer), tokenizer.get_vocab_size())
    lines = _tokenised(texts, tokenizer, parameters.max_tokens)
    model = MaskedWords(encoder).to(device()).train()
    ready_for_training(encoder)
    optimizer = torch.optim.AdamW(model.parameters(), lr=parameters.rate, weight_decay=0.01, fused=True)
    started = time.monotonic()
    losses: list[float] = []
    for batch in _for_ever(lines, parameters.batch, draw):
        done = (time.monotonic() - started) / (60 * parameters.minutes)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = parameters.rate * warm_linear(done, parameters.warmup)
        ids, mask = padded(batch)
        ids, truth = _hide(ids, mask, parameters.masked, vocabulary)
        with mixed_precision():
            loss = model(ids.to(device()), mask.to(device()), truth.to(device()))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        if len(losses) % _REPORT_STEPS == 0:
            report(f"step {len(losses)} loss {_mean(losses[-_REPORT_STEPS:]):.3f} {done:.0%}")
    with writing(out):
        begun = out / f"model.safetensors{BEGUN}"
        save_file(model.encoder.state_dict(), begun)
        for name in ("config.json", "tokenizer.json"):
            (out / name).write_bytes((start / name).read_bytes())
        begun.replace(out / "model.safetensors")
    record = asdict(parameters) | {
        "texts": len(lines),
        "steps": len(losses),
        "first_loss": round(_mean(losses[:_REPORT_STEPS]), 4),
        "last_loss": round(_mean(losses[-_REPORT_STEPS:]), 4),
    }
    write_text(out / RECORD_FILE, json.dumps(record, indent=2) + "\n")


class _Vocabulary(NamedTuple):
    mask_id: int
    pieces: int


def _mask_id(tokenizer: Tokenizer) -> int:
    found: int | None = tokenizer.token_to_id("<mask>")
    if found is None:
        raise InputError("the tokeniser has no <mask>: masked words cannot be guessed with it")
    return found


def _mean(losses: Sequence[float]) -> float:
    return sum(losses) / max(1, len(losses))


def _tokenised(texts: Sequence[str], tokenizer: Tokenizer, max_tokens: int) -> list[list[int]]:
    tokenizer.enable_truncation(max_tokens)
    cleaned = [cleaned for text in texts if (cleaned := preprocess(text))]
    return [encoding.ids for encoding in tokenizer.encode_batch_fast(cleaned)]


def _for_ever(lines: Sequence[list[int]], batch: int, draw: random.Random) -> Iterator[list[list[int]]]:
    while True:
        yield from grouped(lines, len, batch, draw)


def _hide(ids: Tensor, mask: Tensor, share: float, vocabulary: _Vocabulary) -> tuple[Tensor, Tensor]:
    """Mask a share of the pieces as BERT does: of ten, eight become <mask>, one another piece, one stays."""
    chosen = (torch.rand(ids.shape) < share) & (mask == 1) & (ids >= _SPECIALS)
    truth = torch.where(chosen, ids, torch.full_like(ids, _IGNORED))
    fate = torch.rand(ids.shape)
    hidden = torch.where(chosen & (fate < 0.8), torch.full_like(ids, vocabulary.mask_id), ids)
    others = torch.randint(_SPECIALS, vocabulary.pieces, ids.shape)
    return torch.where(chosen & (fate >= 0.9), others, hidden), truth
