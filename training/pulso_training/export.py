"""From a checkpoint to the folder that is served: OpenVINO IR, tokeniser, card, record, checksums."""

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from pulso_sentiment.model import ModelCard, load_model
from pulso_sentiment.model.card import CARD_FILE, FileScores
from pulso_sentiment.model.checksums import write_sums
from tokenizers import Tokenizer

from pulso_training import corpus, plan
from pulso_training.convert import convert, quantise, save
from pulso_training.corpus import LABELS, Row
from pulso_training.evaluate import Result, answers, as_json, judge, table
from pulso_training.fit import FIT_FILE
from pulso_training.hardware import describe_machine
from pulso_training.model_card import render
from pulso_training.precision import choose

NAME = "pulso-es"
MAX_TOKENS = 256
CALIBRATION_TEXTS = 300
RECORD_FILE = "training.json"


def export(checkpoint: Path, data: Path, out: Path, most: int, report: Callable[[str], None]) -> ModelCard:
    """Convert, quantise, choose the precision on held-out texts, measure the chosen files and write `out`."""
    fitted = json.loads((checkpoint / FIT_FILE).read_text(encoding="utf-8"))
    first = fitted.get("earlier") or fitted
    seed = first["recipe"]["seed"]
    parts = plan.held_out_parts(plan.paths(data), most)
    calibration = [row.text for row in random.Random(seed).sample(plan.rows(data, seed), CALIBRATION_TEXTS)]
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    with tempfile.TemporaryDirectory() as scratch:
        folders = {precision: Path(scratch) / precision for precision in ("fp32", "bf16", "int8")}
        save(convert(checkpoint), folders["fp32"])
        shutil.copytree(folders["fp32"], folders["bf16"])
        save(quantise(convert(checkpoint), tokenizer, calibration, MAX_TOKENS), folders["int8"])
        for precision, folder in folders.items():
            shutil.copyfile(checkpoint / "tokenizer.json", folder / "tokenizer.json")
            _finish(folder, _card(folder, precision, {}))
        read = {precision: _read(folders[precision], parts) for precision in ("fp32", "int8")}
        choice = choose(parts, read["fp32"], read["int8"])
        report(choice.why)
        chosen = folders[choice.precision]
        labels = read["int8"] if choice.precision == "int8" else _read(chosen, parts)
        results = {name: judge([row.label for row in rows], labels[name]) for name, rows in parts.items()}
        for line in table(results):
            report(line)
        card = _card(chosen, choice.precision, results)
        record = {
            "model": card.version,
            "fit": fitted,
            "precision": asdict(choice),
            "data": {path.name: corpus.fingerprint(path) for path in plan.paths(data)},
            "held_out": as_json(results),
            "machine": describe_machine(),
        }
        (chosen / RECORD_FILE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        card_text = render(card, results, choice, first["rows"], len(corpus.read_phrases()))
        (chosen / "README.md").write_text(card_text, encoding="utf-8")
        _finish(chosen, card)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(chosen, out)
    return card


def _read(folder: Path, parts: Mapping[str, Sequence[Row]]) -> dict[str, list[str]]:
    model = load_model(str(folder))
    return {name: answers(model, rows) for name, rows in parts.items()}


def _card(folder: Path, precision: str, results: Mapping[str, Result]) -> ModelCard:
    return ModelCard(
        name=NAME,
        version=_version(folder),
        runtime="openvino",
        precision=precision,
        labels=LABELS,
        max_tokens=MAX_TOKENS,
        scores={
            name: FileScores(texts=result.texts, macro_f1=result.macro_f1, accuracy=result.accuracy)
            for name, result in results.items()
        },
    )


def _finish(folder: Path, card: ModelCard) -> None:
    (folder / CARD_FILE).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_sums(folder)


def _version(folder: Path) -> str:
    """Name, date and the hash of what decides an answer."""
    content = hashlib.sha256()
    for name in ("model.bin", "tokenizer.json"):
        content.update((folder / name).read_bytes())
    return f"{NAME}-{datetime.now(UTC):%Y.%m.%d}-{content.hexdigest()[:8]}"
