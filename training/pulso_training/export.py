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

from pulso_training.convert import convert, save
from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.evaluate import Report, answer, table
from pulso_training.judgement import CARD_FILE, calibrate, evaluate, know_domain, know_words, tell_scores
from pulso_training.model_card import render
from pulso_training.network import read_config
from pulso_training.precision import Fidelity, Precision, compare
from pulso_training.provenance import environment, record_of
from pulso_training.recipe import Recipe
from pulso_training.served import read_folder

NAME = "pulso-es"
MAX_TOKENS = 256
"""The length of a window. Training texts are shorter; longer ones read as well up to here."""
DOMAIN_TEXTS = 6_000
RECORD_FILE = "training.json"

_Say = Callable[[str], None]


@dataclass(frozen=True)
class Texts:
    """What an export measures with: rows of each part, by file."""

    training: Sequence[Row]
    development: Mapping[str, Sequence[Row]]
    held_out: Mapping[str, Sequence[Row]]


def export(
    checkpoint: Path, texts: Texts, recipe: Recipe, *, precision: Precision, out: Path, say: _Say
) -> ModelCard:
    """Convert, compare with fp32, calibrate, and measure on held-out texts; then replace `out`.

    Everything is chosen by the development part. The held-out part is read once, at the end.

    Raises:
        PrecisionError: when the precision changes too many answers; `out` stays as it was.
    """
    draw = random.Random(0)
    samples = [row.text for row in draw.sample(texts.training, min(len(texts.training), DOMAIN_TEXTS))]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
        exact, chosen = Path(scratch) / "exact", Path(scratch) / precision
        _write(exact, checkpoint, Precision.FP32)
        _write(chosen, checkpoint, precision)
        rows = [row for row in chain.from_iterable(texts.development.values()) if row.label]
        fidelity = compare(*(answer(read_folder(folder), rows) for folder in (exact, chosen)))
        say(f"{precision}: {fidelity.agreement:.1%} of labels as fp32, {-fidelity.loss * 100:+.2f} points")
        fidelity.check(precision)
        calibrate(chosen, texts.development)
        known = [row.text for row in chain.from_iterable(texts.development.values())]
        know_domain(chosen, samples, known)
        know_words(chosen, [row.text for row in texts.training])
        held_out = list(chain.from_iterable(texts.held_out.values()))
        _, found = evaluate(chosen, held_out)
        for line in table(found):
            say(line)
        card = tell_scores(chosen, found)
        layers = read_config(checkpoint).num_hidden_layers
        readme = render(card, found, fidelity, recipe, layers)
        (chosen / "README.md").write_text(readme, encoding="utf-8")
        _record(chosen, card, checkpoint, fidelity, found)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(chosen, out)
    return card


def _write(folder: Path, checkpoint: Path, precision: Precision) -> None:
    """Write a folder that loads, with a card that knows no scores yet."""
    network = convert(checkpoint, rounded=precision is Precision.BF16)
    save(network, folder, halved=precision is not Precision.FP32)
    shutil.copyfile(checkpoint / "tokenizer.json", folder / "tokenizer.json")
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


def _record(folder: Path, card: ModelCard, checkpoint: Path, fidelity: Fidelity, found: Report) -> None:
    record = {
        "model": card.version,
        "encoder": read_config(checkpoint).to_dict(),
        "checkpoint": record_of(checkpoint),
        "fidelity": asdict(fidelity),
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
