from pathlib import Path

import numpy as np
from pulso_contracts.scoring import Emotion, Flag, Sentiment
from pulso_sentiment.judging import Judge
from pulso_sentiment.model import Answers, Tokenised, Tokens
from pulso_sentiment.model.card import Threshold
from pulso_sentiment.model.dummy import DummyModel
from pulso_sentiment.model.known_texts import KnownTexts, read_known_texts

TEXT = Tokenised([Tokens([1] * 32)])
SURE = np.array([[0.0, 0.0, 5.0]], np.float32)
UNSURE = np.array([[0.0, 0.1, 0.2]], np.float32)


def opinion(answers, *, text=TEXT, alerting=0.0, known_texts=None):
    model = DummyModel()
    threshold = Threshold(use="alerting", confidence=alerting, coverage=1, accuracy=0.7)
    model.card = model.card.model_copy(update={"thresholds": (threshold,)})
    model.known_texts = known_texts
    return Judge(model).opinions([text], answers)[0]


def test_the_likeliest_emotion_is_told_with_its_probability():
    logits = np.zeros((1, 7), np.float32)
    logits[0, list(Emotion).index(Emotion.ANGER)] = np.log(6.0)
    told = opinion(Answers(SURE, logits)).emotion
    assert told is not None
    assert (told.emotion, told.probability) == (Emotion.ANGER, 0.5)
    assert opinion(Answers(SURE)).emotion is None


def test_confidence_below_the_one_for_alerts_is_flagged():
    assert opinion(Answers(UNSURE), alerting=0.5).flags == (Flag.LOW_CONFIDENCE,)
    assert opinion(Answers(UNSURE), alerting=0.3).flags == ()
    assert opinion(Answers(SURE), alerting=0.5).flags == ()


def test_a_text_unlike_those_of_the_training_is_flagged():
    known = KnownTexts(np.array([1.0, 1.0], np.float32), np.eye(2, dtype=np.float32) * 2, limit=2.5)
    near, far = (np.array([row], np.float32) for row in ([1.0, 2.0], [1.0, 3.0]))
    assert known.distance(near).tolist() == [2.0]
    assert opinion(Answers(SURE, embedding=near), known_texts=known).flags == ()
    assert opinion(Answers(SURE, embedding=far), known_texts=known).flags == (Flag.OUT_OF_DOMAIN,)


def test_a_cut_text_is_flagged_and_keeps_its_class():
    cut = opinion(Answers(SURE), text=Tokenised([Tokens([1] * 9)], truncated=True))
    assert cut.flags == (Flag.TRUNCATED,)
    assert cut.sentiment is Sentiment.POSITIVE


def test_known_texts_are_read_from_their_file(tmp_path: Path):
    assert read_known_texts(tmp_path) is None
    np.savez(tmp_path / "domain.npz", mean=np.zeros(4), whitening=np.eye(4)[:, :2], limit=1.5)
    found = read_known_texts(tmp_path)
    assert found is not None
    assert found.limit == 1.5
    assert found.cover(np.array([[1, 1, 9, 9], [2, 1, 0, 0]], np.float32)) == [True, False]
