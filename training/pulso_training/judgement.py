"""What a model folder says of itself: its temperature, thresholds and scores, all from its own files."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

import numpy as np
from pulso_sentiment.domain.explaining import Occlusion
from pulso_sentiment.model import ModelCard
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.model.card import (
    Calibration,
    FileScores,
    TemperatureScale,
    Threshold,
    read_card,
)
from pulso_sentiment.model.checksums import write_sums
from pulso_sentiment.model.word_vectors import read_vector_table
from pulso_sentiment.offline import explain_with

from pulso_training.calibrate import fit_scale, thresholds
from pulso_training.corpus import EMOTIONS, LABELS, Row
from pulso_training.domain import fit_domain, save_domain
from pulso_training.evaluate import Answers, Report, answer, report
from pulso_training.evaluate.groups import UNKNOWN
from pulso_training.served import ServedModelError, embeddings, open_model, read_folder
from pulso_training.storage import write_text
from pulso_training.usual_weights import fit_usual_weights, openings, save_usual_weights

ALL = "all"
Told = TypeVar("Told", TemperatureScale, Threshold)
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
    found = thresholds(calibrated(answers.sentiment[labelled], tokens, scale), truth, groups)
    calibration = Calibration(sentiment=_rounded(scale), emotion=_rounded(_emotion_scale(answers)))
    card = read_card(folder).model_copy(
        update={"calibration": calibration, "thresholds": tuple(map(_rounded, found))}
    )
    _write(folder, card)
    return card


def know_domain(folder: Path, training: Sequence[str], development: Sequence[str]) -> None:
    """Write what the model's training texts look like to it, so that serving can tell texts unlike them."""
    model = open_model(folder)
    save_domain(fit_domain(embeddings(model, training), embeddings(model, development)), folder)
    write_sums(folder)


def know_words(folder: Path, training: Sequence[str]) -> int:
    """Write which words usually weigh, so that serving can explain by the words that are worth the time.

    Returns:
        Of how many texts that was learnt; of none nothing is written, since all are too short.

    Raises:
        ServedModelError: when the folder cannot be served, or tells nothing of single words.
    """
    model = open_model(folder)
    if read_vector_table(folder) is None:
        raise ServedModelError(f"{folder} holds no vectors of words")
    explanations = explain_with(model, map(Occlusion, openings(training)))
    if explanations:
        save_usual_weights(fit_usual_weights(model, explanations), folder)
        write_sums(folder)
    return len(explanations)


def evaluate(folder: Path, rows: Sequence[Row], *, int8: bool = False) -> tuple[Answers, Report]:
    """Return what the served model answers to rows, and its scores with its own temperatures."""
    calibration = read_card(folder).calibration
    answers = answer(read_folder(folder, int8=int8), rows)
    return answers, report(answers, calibration.sentiment, calibration.emotion)


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


def _emotion_scale(answers: Answers) -> TemperatureScale:
    labelled = [i for i, row in enumerate(answers.rows) if row.emotion]
    if answers.emotion is None or not labelled:
        return TemperatureScale()
    truth = np.array([EMOTIONS.index(answers.rows[i].emotion) for i in labelled])
    groups = ["all"] * len(labelled)
    return fit_scale(answers.emotion[labelled], truth, answers.tokens[labelled], groups)


def _rounded(told: Told) -> Told:
    """Return the figures as a card has them."""
    figures = {name: round(value, 5) for name, value in told if isinstance(value, float)}
    return told.model_copy(update=figures)
