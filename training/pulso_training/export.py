"""From a checkpoint to the folder that is served: OpenVINO IR, tokeniser, card, record, checksums."""

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from pulso_sentiment.model import ModelCard
from pulso_sentiment.model.checksums import write_sums
from tokenizers import Tokenizer

from pulso_training.convert import convert, quantise, save
from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.evaluate import Report, answer, table
from pulso_training.judgement import CARD_FILE, calibrate, evaluate, know_domain, tell_scores
from pulso_training.model_card import render
from pulso_training.network import read_config
from pulso_training.precision import Choice, choose
from pulso_training.provenance import environment, record_of
from pulso_training.recipe import Recipe
from pulso_training.served import read_folder

NAME = "pulso-es"
MAX_TOKENS = 256
"""The length of a window. Training texts are shorter; longer ones read as well up to here."""
QUANTISATION_TEXTS = 300
DOMAIN_TEXTS = 6_000
RECORD_FILE = "training.json"

_Say = Callable[[str], None]


@dataclass(frozen=True)
class Texts:
    """What an export measures with: rows of each part, by file."""

    training: Sequence[Row]
    development: Mapping[str, Sequence[Row]]
    held_out: Mapping[str, Sequence[Row]]


def export(checkpoint: Path, texts: Texts, recipe: Recipe, out: Path, say: _Say) -> ModelCard:
    """Convert, quantise, choose the precision, calibrate, and measure on held-out texts; then replace `out`.

    Everything is chosen by the development part. The held-out part is read once, at the end.
    """
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    draw = random.Random(0)
    samples = [row.text for row in draw.sample(texts.training, min(len(texts.training), DOMAIN_TEXTS))]
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        folders = {precision: Path(scratch) / precision for precision in ("fp32", "bf16", "int8")}
        save(convert(checkpoint), folders["fp32"])
        shutil.copytree(folders["fp32"], folders["bf16"])
        scales = samples[:QUANTISATION_TEXTS]
        save(quantise(convert(checkpoint), tokenizer, scales, MAX_TOKENS), folders["int8"])
        for precision, folder in folders.items():
            shutil.copyfile(checkpoint / "tokenizer.json", folder / "tokenizer.json")
            _begin(folder, precision)
        choice = _choice(folders, texts.development)
        say(choice.why)
        chosen = folders[choice.precision]
        calibrate(chosen, texts.development)
        known = [row.text for row in chain.from_iterable(texts.development.values())]
        know_domain(chosen, samples, known)
        held_out = list(chain.from_iterable(texts.held_out.values()))
        _, found = evaluate(chosen, held_out)
        for line in table(found):
            say(line)
        card = tell_scores(chosen, found)
        layers = read_config(checkpoint).num_hidden_layers
        readme = render(card, found, choice, recipe, layers)
        (chosen / "README.md").write_text(readme, encoding="utf-8")
        _record(chosen, card, checkpoint, choice, found)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(chosen, out)
    return card


def _begin(folder: Path, precision: str) -> None:
    card = ModelCard(
        name=NAME,
        version=_version(folder),
        runtime="openvino",
        precision=precision,
        labels=LABELS,
        emotions=EMOTIONS,
        max_tokens=MAX_TOKENS,
    )
    (folder / CARD_FILE).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_sums(folder)


def _choice(folders: Mapping[str, Path], development: Mapping[str, Sequence[Row]]) -> Choice:
    rows = [row for row in chain.from_iterable(development.values()) if row.label]
    return choose(*(answer(read_folder(folders[precision]), rows) for precision in ("fp32", "int8")))


def _record(folder: Path, card: ModelCard, checkpoint: Path, choice: Choice, found: Report) -> None:
    record = {
        "model": card.version,
        "checkpoint": record_of(checkpoint),
        "precision": asdict(choice),
        "held_out": found.as_json(),
        "environment": environment(),
    }
    (folder / RECORD_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    write_sums(folder)


def _version(folder: Path) -> str:
    """Name, date and the hash of what decides an answer."""
    content = hashlib.sha256()
    for name in ("model.bin", "tokenizer.json"):
        content.update((folder / name).read_bytes())
    return f"{NAME}-{datetime.now(UTC):%Y.%m.%d}-{content.hexdigest()[:8]}"
