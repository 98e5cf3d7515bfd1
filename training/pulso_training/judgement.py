"""What a model folder says of itself: its temperature, thresholds and scores, all from its own files."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from pulso_sentiment.model import ModelCard, load_model
from pulso_sentiment.model.card import (
    Calibration,
    FileScores,
    TemperatureScale,
    Threshold,
    read_card,
)
from pulso_sentiment.model.checksums import write_sums
from pulso_sentiment.model.known_texts import DOMAIN_FILE

from pulso_training.calibrate import UNSCALED, Scale, fit_scale, thresholds
from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.domain import fit_domain
from pulso_training.evaluate import Answers, Report, answer, report
from pulso_training.evaluate.groups import UNKNOWN
from pulso_training.served import embeddings, read_folder
from pulso_training.storage import write_text

ALL = "all"
CARD_FILE = "model.json"


def calibrate(folder: Path, development: Mapping[str, Sequence[Row]]) -> ModelCard:
    """Fit the temperatures and thresholds of a model folder on texts it did not learn from, on its card.

    Raises:
        CalibrationError: when no domain has enough texts.
    """
    rows = list(chain.from_iterable(development.values()))
    answers = answer(read_folder(folder), rows)
    labelled = [i for i, row in enumerate(rows) if row.label]
    truth = np.array([LABELS.index(rows[i].label) for i in labelled])
    groups = [rows[i].domain or UNKNOWN for i in labelled]
    tokens = answers.tokens[labelled]
    scale = fit_scale(answers.sentiment[labelled], truth, tokens, groups)
    found = thresholds(scale.probabilities(answers.sentiment[labelled], tokens), truth, groups)
    card = read_card(folder).model_copy(
        update={
            "calibration": Calibration(
                sentiment=_temperature(scale), emotion=_temperature(_emotion_scale(answers))
            ),
            "thresholds": tuple(
                Threshold(
                    use=each.use,
                    confidence=round(each.confidence, 4),
                    coverage=round(each.coverage, 4),
                    accuracy=round(each.accuracy, 4),
                )
                for each in found
            ),
        }
    )
    _write(folder, card)
    return card


def know_domain(folder: Path, training: Sequence[str], development: Sequence[str]) -> None:
    """Write what the model's training texts look like to it, so that serving can tell texts unlike them."""
    model = load_model(str(folder))
    domain = fit_domain(embeddings(model, training), embeddings(model, development))
    domain.save(folder / DOMAIN_FILE)
    write_sums(folder)


def evaluate(folder: Path, rows: Sequence[Row]) -> tuple[Answers, Report]:
    """Return what the served model answers to rows, and its scores with its own temperatures."""
    calibration = read_card(folder).calibration
    answers = answer(read_folder(folder), rows)
    return answers, report(answers, _scale(calibration.sentiment), _scale(calibration.emotion))


def tell_scores(folder: Path, found: Report) -> ModelCard:
    """Put the scores of an evaluation on a folder's card."""
    card = read_card(folder)
    if found.sentiment is not None:
        groups = found.sentiment.groups
        card = card.model_copy(
            update={
                "scores": {
                    name: FileScores(
                        texts=scores.texts,
                        macro_f1=round(scores.macro_f1, 4),
                        accuracy=round(scores.accuracy, 4),
                    )
                    for name, scores in groups["source"].items()
                },
                "confusion": {name: scores.confusion for name, scores in groups["channel"].items()}
                | {ALL: found.sentiment.overall.confusion},
                "calibration_error": {
                    name: round(scores.calibration_error, 4) for name, scores in groups["domain"].items()
                },
            }
        )
    _write(folder, card)
    return card


def _write(folder: Path, card: ModelCard) -> None:
    write_text(folder / CARD_FILE, card.model_dump_json(indent=2) + "\n")
    write_sums(folder)


def _emotion_scale(answers: Answers) -> Scale:
    labelled = [i for i, row in enumerate(answers.rows) if row.emotion]
    if answers.emotion is None or not labelled:
        return UNSCALED
    truth = np.array([EMOTIONS.index(answers.rows[i].emotion) for i in labelled])
    groups = ["all"] * len(labelled)
    return fit_scale(answers.emotion[labelled], truth, answers.tokens[labelled], groups)


def _temperature(scale: Scale) -> TemperatureScale:
    return TemperatureScale(
        intercept=round(scale.intercept, 5), slope=round(scale.slope, 5), margin=round(scale.margin, 5)
    )


def _scale(temperature: TemperatureScale) -> Scale:
    return Scale(temperature.intercept, temperature.slope, temperature.margin)
