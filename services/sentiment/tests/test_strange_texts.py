"""Whatever people and machines send: through the endpoint and the model that ships, an answer each."""

import json

import httpx
import pytest
from asgi_lifespan import LifespanManager
from pulso_contracts.scoring import Score, SentimentResponse
from pulso_sentiment import app as app_module
from pulso_sentiment.app import build_app
from pulso_sentiment.model import Model, load_model
from pulso_sentiment.settings import DEFAULT_MODEL, Role, SentimentSettings

STRANGE = {
    "one word of 5,000 letters": "a" * 5_000,
    "one word of 5,000 different letters": "".join(chr(97 + n * n % 26) for n in range(5_000)),
    "5,000 marks on one letter": "e" + "\u0301" * 4_999,
    "zero-width characters inside words": "muy\u200b ri\u200bco\u200d, la\u2060 co\ufeffmida",
    "mixed scripts": "El ceviche 美味しい очень rico الطعام",
    "right to left": "الطعام لذيذ جدا",
    "right-to-left override": "\u202eocir yum\u202c rico",
    "tags": "<div class='x'><p>Muy <b>rico</b><br></p><script>alert(1)</script></div>",
    "tags that never end": "<a " * 1_600,
    "entities": "&lt;&lt;&amp;amp; pan &ntilde; &#0; &#xD800; &#x110000;",
    "a NUL": "muy\x00 rico\x00",
    "control characters": "".join(map(chr, range(32))) + "rico",
    "figures": "10/10 2026-11-21 5,50",
    "marks": "¿¡...!?",
    "planes beyond the first": "𝓡𝓲𝓬𝓸 🫠 \U0010fffd",
    "line ends": "rico\r\n\r\n\u2028\u2029feo",
    "special pieces of the tokeniser": "<s> </s> <pad> <unk> <mask> rico",
    "template characters": "{{7*7}} ${x} %s %n '; DROP TABLE feedback; --",
}


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(DEFAULT_MODEL)


@pytest.fixture
async def client(model: Model, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app_module, "load_model", lambda *_, **__: model)
    settings = SentimentSettings(role=Role.API)
    async with LifespanManager(build_app(settings)) as running:
        transport = httpx.ASGITransport(running.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://sentiment") as client:
            yield client


async def scored(client: httpx.AsyncClient, *texts: str) -> list[Score]:
    answer = await client.post("/sentiment", json={"texts": texts})
    assert answer.status_code == 200, answer.text
    return SentimentResponse.model_validate(answer.json()).results


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
async def test_gets_an_answer(client: httpx.AsyncClient, text: str):
    (score,) = await scored(client, text)
    probabilities = score.probabilities
    assert probabilities.negative + probabilities.neutral + probabilities.positive == pytest.approx(
        1, abs=1e-3
    )


async def test_strange_texts_do_not_change_their_neighbours(client: httpx.AsyncClient):
    (alone,) = await scored(client, "Riquísimo todo, volveré")
    beside = await scored(client, *STRANGE.values(), "Riquísimo todo, volveré")
    assert beside[-1].sentiment == alone.sentiment
    assert beside[-1].score == pytest.approx(alone.score, abs=0.02)


async def test_emoji_alone_are_read(client: httpx.AsyncClient):
    love, anger, unheard = await scored(client, "😍😍", "😡😡😡", "\U0001faff")
    assert love.score > 0 > anger.score
    assert [score.flags for score in (love, anger)] == [[], []]
    assert unheard.flags == ["empty"]


@pytest.mark.parametrize("text", ["Привет мир", "你好", "مرحبا"])
async def test_letters_that_it_does_not_know_are_empty(client: httpx.AsyncClient, text: str):
    alone, punctuated = await scored(client, text, f"{text}!")
    assert alone.flags == ["empty", "other_language"]
    assert "other_language" in punctuated.flags


async def test_what_is_hidden_or_markup_only_is_empty(client: httpx.AsyncClient):
    scores = await scored(client, "\u200b\u200d\ufeff", "<br><br/></p>", "&nbsp;&#8203;", "\x00\x01")
    assert [score.flags for score in scores] == [["empty"]] * 4


async def test_hidden_characters_and_markup_change_nothing(client: httpx.AsyncClient):
    plain, hidden, marked = await scored(
        client, "La comida muy rica", "La co\u200bmida muy\u2060 rica", "<p>La comida <b>muy rica</b></p>"
    )
    assert plain.probabilities == hidden.probabilities == marked.probabilities


async def test_a_lone_surrogate_is_refused_and_not_echoed(client: httpx.AsyncClient):
    body = json.dumps({"texts": ["rico \ud83d"]})
    assert "\\ud83d" in body
    answer = await client.post("/sentiment", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["texts.0"]


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
async def test_is_explained_or_refused_for_its_words(client: httpx.AsyncClient, text: str):
    answer = await client.post("/sentiment/explain", json={"text": text})
    assert answer.status_code == (422 if text.startswith("<a <a") else 200)
