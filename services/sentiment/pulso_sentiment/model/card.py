"""The machine-readable half of a model card: `model.json` of a model folder."""

from pathlib import Path
from typing import Literal

from pulso_contracts.base import Lenient
from pydantic import Field, ValidationError

from pulso_sentiment.model.preprocess import PREPROCESS_VERSION

CARD_FILE = "model.json"


class FileScores(Lenient):
    """How the served file did on the held-out part of one data file."""

    texts: int
    macro_f1: float
    accuracy: float


class ModelCard(Lenient):
    """What a model is and how well it reads; lengths in tokens."""

    name: str
    version: str
    runtime: Literal["openvino", "torch", "dummy"]
    precision: str
    labels: tuple[str, ...] = ("negative", "neutral", "positive")
    max_tokens: int = Field(default=256, ge=8)
    preprocess_version: int = PREPROCESS_VERSION
    pad_id: int = 1
    scores: dict[str, FileScores] = {}


def read_card(folder: Path) -> ModelCard:
    """Read and check `model.json`.

    Raises:
        ValueError: when the card is wrong, or the model was trained on texts cleaned in another way.
    """
    try:
        card = ModelCard.model_validate_json((folder / CARD_FILE).read_bytes())
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, wrong["loc"])) for wrong in error.errors())
        raise ValueError(f"{folder.name}/{CARD_FILE} is not a model card: {fields}") from None
    if card.preprocess_version != PREPROCESS_VERSION:
        raise ValueError(
            f"{card.name} needs preprocess version {card.preprocess_version}, this is {PREPROCESS_VERSION}"
        )
    return card
