"""The model that ships, from its served files."""

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


def test_knows_which_words_are_worth_weighing(model: Model):
    text = "Fui el sábado con la familia de mi prima y la verdad pésimo el trato que nos dieron en la caja"
    words = text.split()
    assert model.usual_weights is not None
    chosen = {words[place] for place in model.usual_weights.heaviest(model.embed(words), 7)}
    assert "pésimo" in chosen
    assert not {"el", "la", "de", "y"} & chosen


def test_what_cannot_be_read_is_neutral_and_says_so():
    results = score(["", "   ", "\u200b\u200d", "rico"])
    assert [result.flags for result in results] == [[Flag.EMPTY]] * 3 + [[]]
    assert [result.sentiment for result in results[:3]] == [Sentiment.NEUTRAL] * 3


def test_long_texts_are_read_in_windows_and_only_endless_ones_cut(model: Model):
    short, long, endless = model.tokenise(["Todo bien", "muy rico todo " * 300, "a b c d " * 1_200])
    assert (len(short.windows), short.truncated) == (1, False)
    assert (len(long.windows), long.truncated) == (4, False)
    assert (len(endless.windows), endless.truncated) == (model.card.max_windows, True)
    assert max(len(window.ids) for window in endless.windows) <= model.card.max_tokens


def test_what_a_long_text_says_at_its_end_counts():
    praise = "Riquísimo todo, la atención de primera, volveremos con la familia. " * 30
    plain, turned = score([praise, praise + "Una estafa, pésimo servicio, nunca más. " * 45])
    assert plain.score > 0.5
    assert turned.score < plain.score - 0.5


def test_the_card_tells_its_scores(model: Model):
    assert model.card.scores["umsab_es"].macro_f1 >= 0.60
    assert model.card.labels == tuple(Sentiment)
