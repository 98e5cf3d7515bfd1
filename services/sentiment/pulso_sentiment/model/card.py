"""The machine-readable half of a model card: `model.json` of a model folder."""

from pathlib import Path
from typing import Literal

from pulso_contracts.base import Lenient
from pulso_contracts.scoring import Emotion
from pydantic import Field, ValidationError

from pulso_sentiment.model.preprocess import PREPROCESS_VERSION

CARD_FILE = "model.json"


class FileScores(Lenient):
    """How the served file did on the held-out part of one data file."""

    texts: int
    macro_f1: float
    accuracy: float


class TemperatureScale(Lenient):
    """Logits are divided by exp(intercept + slope * ln(tokens / 32) + margin * m); zeros leave them alone.

    m is the greatest logit less the second: a negative `margin` lets confidence rise faster with it.
    """

    intercept: float = 0.0
    slope: float = 0.0
    margin: float = 0.0


class Calibration(Lenient):
    """The temperature of each head, fitted on texts that nothing was trained on."""

    sentiment: TemperatureScale = TemperatureScale()
    emotion: TemperatureScale = TemperatureScale()


class Threshold(Lenient):
    """The least confidence with which one answer should be used for something.

    `coverage` is the share of held-out texts that reach it, `accuracy` the share of right answers among them.
    """

    use: Literal["counting", "alerting", "automation"]
    confidence: float = Field(ge=0, le=1)
    coverage: float
    accuracy: float


class ModelCard(Lenient):
    """What a model is and how well it reads; lengths in tokens.

    Attributes:
        emotions: The emotions that it tells, in the order of its logits; none if it tells none.
        max_tokens: The longest input of one forward pass, which is the length of a window.
        max_windows: The most windows that are read of one text.
        scores: By held-out data file.
        confusion: Counts [truth][answer] of held-out texts in the order of `labels`, by channel and for
            "all": what is needed to correct shares of classes that were counted with this model.
        calibration_error: Expected calibration error by domain, in 15 bins of equal width.
    """

    name: str
    version: str
    runtime: Literal["openvino", "torch", "dummy"]
    precision: str
    labels: tuple[str, ...] = ("negative", "neutral", "positive")
    emotions: tuple[Emotion, ...] = ()
    max_tokens: int = Field(default=256, ge=8)
    max_windows: int = Field(default=8, ge=1)
    preprocess_version: int = PREPROCESS_VERSION
    pad_id: int = 1
    calibration: Calibration = Calibration()
    thresholds: tuple[Threshold, ...] = ()
    scores: dict[str, FileScores] = {}
    confusion: dict[str, list[list[int]]] = {}
    calibration_error: dict[str, float] = {}

    @property
    def doubtful_below(self) -> float:
        """The confidence below which nothing should be done because of one answer alone: that for alerts.

        0 when the card names none.
        """
        return next((each.confidence for each in self.thresholds if each.use == "alerting"), 0.0)


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
