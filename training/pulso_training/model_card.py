"""The README of a model folder: what the model is for, how well it reads, where it fails."""

from collections.abc import Mapping
from importlib import resources
from string import Template

from pulso_sentiment.model.card import ModelCard

from pulso_training.corpus import LABELS
from pulso_training.evaluate import Result
from pulso_training.precision import Choice


def render(card: ModelCard, results: Mapping[str, Result], choice: Choice, rows: int, phrases: int) -> str:
    """Fill the template `model_card.md` with what was measured."""
    template = resources.files("pulso_training").joinpath("model_card.md").read_text(encoding="utf-8")
    return Template(template).substitute(
        version=card.version,
        precision=card.precision,
        max_tokens=card.max_tokens,
        rows=f"{rows:,}",
        phrases=f"{phrases:,}",
        scores="\n".join(_line(name, result) for name, result in results.items()),
        why=choice.why,
    )


def _line(name: str, result: Result) -> str:
    each = " / ".join(f"{result.f1[label]:.2f}" for label in LABELS)
    return f"| {name} | {result.texts:,} | {result.macro_f1:.3f} | {result.accuracy:.3f} | {each} |"
