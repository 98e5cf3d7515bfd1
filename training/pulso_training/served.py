"""A served model folder as the evaluation sees it: a function from texts to logits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pulso_sentiment.model import Model, ModelError, load_model
from pulso_sentiment.model.offline import answer

from pulso_training.errors import InputError
from pulso_training.evaluate import Read
from pulso_training.evaluate.answers import Floats, Integers


class ServedModelError(InputError):
    """A folder that serving would refuse as well."""


def open_model(folder: Path, *, int8: bool = False) -> Model:
    """Load a model folder, in int8 if asked for and faster.

    Raises:
        ServedModelError: when it cannot be served.
    """
    try:
        return load_model(str(folder), int8=int8)
    except ModelError as error:
        raise ServedModelError(str(error)) from error


def reader(model: Model) -> Read:
    """Return the model as a function of texts; logits come before calibration."""

    def read(texts: Sequence[str]) -> tuple[Floats, Floats | None, Integers]:
        tokenised, answers = answer(model, texts)
        tokens = np.array([max(1, text.length) for text in tokenised])
        return answers.sentiment, answers.emotion, tokens

    return read


def embeddings(model: Model, texts: Sequence[str]) -> Floats:
    """Return the embeddings [n, width] of texts.

    Raises:
        ValueError: when the model gives none.
    """
    _, answers = answer(model, texts)
    if answers.embedding is None:
        raise ValueError("the model gives no embedding")
    return answers.embedding


def read_folder(folder: Path, *, int8: bool = False) -> Read:
    """Load a model folder and return it as a function of texts; see `open_model`."""
    return reader(open_model(folder, int8=int8))
