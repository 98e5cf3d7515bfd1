"""From what a model says about a text to an opinion: calibration, and what the model does not know."""

from pulso_contracts.scoring import EmotionScore, Flag

from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.model import Answers, Model, Tokenised
from pulso_sentiment.model.calibration import calibrated


class Judge:
    """Forms opinions as the card of one model says."""

    def __init__(self, model: Model) -> None:
        self._card = model.card
        self._known_texts = model.known_texts

    def opinion(self, text: Tokenised, answers: Answers) -> Opinion:
        """Return the opinion on a text that is not empty, from the answers [1, …] on it."""
        scale = self._card.calibration.sentiment
        negative, neutral, positive = calibrated(answers.sentiment, [text.length], scale)[0].tolist()
        probabilities = negative, neutral, positive
        raised = {
            Flag.TRUNCATED: text.truncated,
            Flag.LOW_CONFIDENCE: max(probabilities) < self._card.doubtful_below,
            Flag.OUT_OF_DOMAIN: not self._known(answers),
        }
        return Opinion(
            probabilities,
            emotion=self._emotion(text, answers),
            flags=tuple(flag for flag, up in raised.items() if up),
            unknown_share=text.unknown_share,
        )

    def _known(self, answers: Answers) -> bool:
        if self._known_texts is None or answers.embedding is None:
            return True
        return self._known_texts.cover(answers.embedding)

    def _emotion(self, text: Tokenised, answers: Answers) -> EmotionScore | None:
        if answers.emotion is None or not self._card.emotions:
            return None
        row = calibrated(answers.emotion, [text.length], self._card.calibration.emotion)[0]
        best = int(row.argmax())
        return EmotionScore(emotion=self._card.emotions[best], probability=round(float(row[best]), 4))
