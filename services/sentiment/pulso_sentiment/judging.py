"""From what a model says about texts to opinions: calibration, and what the model does not know."""

from collections.abc import Sequence

from pulso_contracts.scoring import EmotionScore, Flag

from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.model import Answers, Array, Model, Tokenised
from pulso_sentiment.model.calibration import calibrated


class Judge:
    """Forms opinions as the card of one model says."""

    def __init__(self, model: Model) -> None:
        self._card = model.card
        self._known_texts = model.known_texts

    def opinions(self, texts: Sequence[Tokenised], answers: Answers) -> list[Opinion]:
        """Return the opinions on texts that are not empty, from the answers [texts, …] on them."""
        lengths = [text.length for text in texts]
        sentiment = calibrated(answers.sentiment, lengths, self._card.calibration.sentiment)
        emotions = self._emotions(lengths, answers.emotion)
        known = self._known(answers, len(texts))
        return [
            self._opinion(text, *parts)
            for text, *parts in zip(texts, sentiment.tolist(), emotions, known, strict=True)
        ]

    def _opinion(
        self, text: Tokenised, row: list[float], emotion: EmotionScore | None, known: bool
    ) -> Opinion:
        negative, neutral, positive = row
        raised = {
            Flag.TRUNCATED: text.truncated,
            Flag.LOW_CONFIDENCE: max(row) < self._card.doubtful_below,
            Flag.OUT_OF_DOMAIN: not known,
        }
        return Opinion(
            (negative, neutral, positive),
            emotion=emotion,
            flags=tuple(flag for flag, up in raised.items() if up),
            unknown_share=text.unknown_share,
        )

    def _known(self, answers: Answers, texts: int) -> list[bool]:
        if self._known_texts is None or answers.embedding is None:
            return [True] * texts
        return self._known_texts.cover(answers.embedding)

    def _emotions(self, lengths: Sequence[int], logits: Array | None) -> Sequence[EmotionScore | None]:
        if logits is None or not self._card.emotions:
            return [None] * len(lengths)
        rows = calibrated(logits, lengths, self._card.calibration.emotion)
        return [
            EmotionScore(emotion=self._card.emotions[best], probability=round(probability, 4))
            for best, probability in zip(rows.argmax(axis=1).tolist(), rows.max(axis=1).tolist(), strict=True)
        ]
