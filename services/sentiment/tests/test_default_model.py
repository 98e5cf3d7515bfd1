"""The model that ships, from its served files."""

import numpy as np
import pytest
from pulso_contracts.scoring import Flag, Sentiment
from pulso_sentiment import score
from pulso_sentiment.model import Model, load_model
from pulso_sentiment.model.offline import predict
from pulso_sentiment.settings import DEFAULT_MODEL


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(DEFAULT_MODEL)


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("Bacán el lomo saltado, volveré", Sentiment.POSITIVE),
        ("Riquísimo todo, la atención de primera", Sentiment.POSITIVE),
        ("Una estafa, no vuelvo nunca más", Sentiment.NEGATIVE),
        ("El pedido llegó dos horas tarde y frío", Sentiment.NEGATIVE),
        ("Terrible service, the food was cold", Sentiment.NEGATIVE),
        ("Péssimo atendimento, comida fria", Sentiment.NEGATIVE),
        ("¿A qué hora abren los domingos?", Sentiment.NEUTRAL),
    ],
)
def test_reads_what_nobody_would_dispute(model: Model, text: str, sentiment: Sentiment):
    _, probabilities = predict(model, [text])
    assert list(Sentiment)[int(probabilities[0].argmax())] is sentiment


def test_tells_aspects_of_one_text_apart():
    (result,) = score(["La comida deliciosa, pero el delivery demoró dos horas y nadie respondió."])
    told = {aspect.aspect.value: aspect.sentiment for aspect in result.aspects}
    assert told["sabor"] is Sentiment.POSITIVE
    assert told["entrega"] is Sentiment.NEGATIVE


def test_what_cannot_be_read_is_neutral_and_says_so():
    results = score(["", "   ", "\u200b\u200d", "rico"])
    assert [result.flags for result in results] == [[Flag.EMPTY]] * 3 + [[]]
    assert [result.sentiment for result in results[:3]] == [Sentiment.NEUTRAL] * 3


def test_long_texts_are_cut_and_say_so(model: Model):
    short, long, endless = model.tokenise(["Todo bien", "muy rico todo " * 300, "x" * 5000])
    assert not short.truncated
    assert long.truncated
    assert max(len(long.ids), len(endless.ids)) <= model.card.max_tokens


def test_an_answer_hardly_depends_on_its_batch(model: Model):
    texts = [
        "Rico",
        "Una estafa total, no vuelvo",
        "Pedí un pollo y llegó a la hora " * 5,
        "Normal nomás",
        "Feo",
    ]
    alone = np.concatenate([predict(model, [text])[1] for text in texts])
    tokens = model.tokenise(texts)
    together = model.forward(tokens)
    assert np.abs(alone - together).max() < 0.03
    assert (alone.argmax(axis=1) == together.argmax(axis=1)).all()


def test_the_card_tells_its_scores(model: Model):
    assert model.card.scores["umsab_es"].macro_f1 >= 0.60
    assert model.card.labels == tuple(Sentiment)
