"""The README of a model folder: what the model is for, how well it reads, where it fails."""

from collections.abc import Iterable, Mapping
from importlib import resources
from string import Template

from pulso_sentiment.model.card import ModelCard

from pulso_training.corpus import LABELS
from pulso_training.evaluate import Report, Scores
from pulso_training.precision import Fidelity
from pulso_training.recipe import Recipe


def render(card: ModelCard, found: Report, fidelity: Fidelity, recipe: Recipe, layers: int) -> str:
    """Fill the template `model_card.md` with what was measured."""
    template = resources.files("pulso_training").joinpath("model_card.md").read_text(encoding="utf-8")
    groups: Mapping[str, Mapping[str, Scores]] = found.sentiment.groups if found.sentiment else {}
    headline = {name: f"{value:.3f}" for name, value in found.headline.items()}
    emotion = found.emotion.overall if found.emotion else None
    return Template(template).substitute(
        version=card.version,
        layers=layers,
        precision=card.precision,
        max_tokens=card.max_tokens,
        about=recipe.about,
        note=recipe.note,
        agreement=f"{fidelity.agreement:.1%}",
        change=f"{-fidelity.loss * 100:+.2f}",
        spanish=headline.get("spanish", "not measured"),
        peruvian=headline.get("peruvian", "not measured"),
        sources=_rows(_by_name(groups.get("source", {}))),
        countries=_rows(_by_name(groups.get("country", {}))),
        domains=_rows(_by_name(groups.get("domain", {}))),
        lengths=_rows(dict(sorted(groups.get("length", {}).items(), key=_least_tokens))),
        emotion="not measured" if emotion is None else f"{emotion.macro_f1:.3f}",
        emotions=_lines(f"{name} | {value:.2f}" for name, value in (emotion.f1 if emotion else {}).items()),
        thresholds=_lines(
            f"{each.use} | {each.confidence:.2f} | {each.coverage:.0%} | {each.accuracy:.0%}"
            for each in card.thresholds
        ),
    )


def _by_name(groups: Mapping[str, Scores]) -> dict[str, Scores]:
    return dict(sorted(groups.items()))


def _least_tokens(entry: tuple[str, Scores]) -> int:
    """Return the figure that a bucket such as `9-16` or `>128` begins with."""
    return int(entry[0].lstrip(">").partition("-")[0])


def _rows(groups: Mapping[str, Scores]) -> str:
    return _lines(
        f"{name} | {scores.texts:,} | {scores.macro_f1:.3f} | {scores.accuracy:.3f} "
        f"| {scores.calibration_error:.3f} | " + " / ".join(f"{scores.f1[label]:.2f}" for label in LABELS)
        for name, scores in groups.items()
    )


def _lines(cells: Iterable[str]) -> str:
    return "\n".join(f"| {line} |" for line in cells)
