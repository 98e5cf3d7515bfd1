import sys

import numpy as np
import pytest
from pulso_training.baselines import PeerError, evaluate_peers, lexicon, sentiment_spanish, tfidf
from pulso_training.baselines.cuts import by_cuts
from pulso_training.baselines.lexicon import polarity
from pulso_training.corpus import Row
from pulso_training.evaluate import Answers

PEER = """
import numpy as np

class SentimentAnalysisSpanish:
    def __init__(self):
        self.vectorizer = self.classifier = self

    def transform(self, texts):
        return texts

    def predict_proba(self, texts):
        positive = np.array([0.9 if "rico" in text else 0.4 if "llego" in text else 0.1 for text in texts])
        return np.stack([1 - positive, positive], axis=1)
"""


def rows(*texts_and_labels):
    return [Row(text, label, "", "file") for text, label in texts_and_labels]


TRAINING = rows(
    ("qué rico ceviche", "positive"),
    ("muy rico todo", "positive"),
    ("el pedido llego ayer", "neutral"),
    ("llego ayer el pedido", "neutral"),
    ("una estafa total", "negative"),
    ("fue una estafa", "negative"),
)
TEST = rows(("rico", "positive"), ("ayer llego el pedido", "neutral"), ("estafa", "negative"))


def labels(probabilities):
    assert probabilities.sum(axis=1) == pytest.approx(1.0)
    return probabilities.argmax(axis=1).tolist()


def test_tfidf_learns_words():
    assert labels(tfidf(TRAINING, TEST)) == [2, 1, 0]


def test_tfidf_gives_no_chance_to_a_class_that_it_never_saw():
    found = tfidf([row for row in TRAINING if row.label != "neutral"], TEST)
    assert found.shape == (3, 3)
    assert (found[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RICO", 1.0),
        ("Comida rica, sabrosa", 2 / 3**0.5),
        ("pésimo", -1.0),
        ("no recomiendo", -1 / 2**0.5),
        ("no es nada bueno", -1 / 4**0.5),
        ("no lo volví a pedir ahora excelente", 1 / 7**0.5),
        ("muy malo", -1.5 / 2**0.5),
        ("el pedido", 0.0),
        ("rico pero caro", 0.0),
        ("...", 0.0),
    ],
)
def test_the_polarity_of_a_text_by_hand(text, expected):
    assert polarity(text) == pytest.approx(expected)


def test_the_lexicon_needs_no_training_but_for_the_width_of_neutral():
    found = lexicon(
        TRAINING, rows(("delicioso", "positive"), ("mañana", "neutral"), ("horrible", "negative"))
    )
    assert labels(found) == [2, 1, 0]


def test_cuts_are_those_that_serve_the_training_rows_best():
    polarity_of = np.array([0.9, 0.8, 0.5, 0.4, 0.2, 0.1])
    found = by_cuts(TRAINING, polarity_of, np.array([0.85, 0.8, 0.79, 0.4, 0.39, 0.0]))
    assert labels(found) == [2, 2, 1, 1, 0, 0]


def peer(folder, script):
    (folder / "sentiment-spanish" / "bin").mkdir(parents=True)
    (folder / "sentiment-spanish" / "installed").touch()
    python = folder / "sentiment-spanish" / "bin" / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return folder


def test_the_peer_is_asked_in_its_own_environment(tmp_path):
    package = tmp_path / "packages" / "sentiment_analysis_spanish"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "sentiment_analysis.py").write_text(PEER)
    peers = peer(tmp_path, f'PYTHONPATH={tmp_path / "packages"} exec {sys.executable} "$@"')
    assert labels(sentiment_spanish(TRAINING, TEST, peers)) == [2, 1, 0]


def test_a_peer_that_does_not_run_is_told_in_one_sentence(tmp_path):
    peers = peer(tmp_path, 'echo "Traceback" >&2; echo "ModuleNotFoundError: no such thing" >&2; exit 1')
    with pytest.raises(
        PeerError, match=r"^sentiment-analysis-spanish cannot run on Python 3\.\d+: Module.*$"
    ):
        sentiment_spanish(TRAINING, TEST, peers)


def test_all_peers_read_the_rows_of_the_model_and_an_absent_one_is_told(tmp_path, monkeypatch, caplog):
    peer(tmp_path / ".cache" / "peers", "echo no such thing >&2; exit 1")
    monkeypatch.chdir(tmp_path)
    unlabelled = Row("qué miedo", "", "", "file", emotion="fear")
    model = Answers([*TEST, unlabelled], np.eye(3)[[2, 1, 0, 0]], None, np.array([3, 6, 3, 4]))
    reports = evaluate_peers([*TRAINING, unlabelled], model)
    assert reports["tf-idf"].sentiment.overall.confusion == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert reports["lexicon"].sentiment.overall.texts == 3
    assert "sentiment-spanish" not in reports
    assert "sentiment-analysis-spanish cannot run" in caplog.text
