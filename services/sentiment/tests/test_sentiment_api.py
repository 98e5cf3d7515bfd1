import asyncio

import httpx
import numpy as np
import pytest
from asgi_lifespan import LifespanManager
from prometheus_client import REGISTRY
from pulso_contracts.scoring import Explanation, SentimentResponse
from pulso_sentiment import app as app_module
from pulso_sentiment.app import build_app
from pulso_sentiment.engine import Capacity
from pulso_sentiment.model.usual_weights import UsualWeights
from pulso_sentiment.settings import Role, SentimentSettings


@pytest.fixture
async def client(faulty_model, monkeypatch):
    monkeypatch.setattr(app_module, "load_model", lambda *_, **__: faulty_model)
    monkeypatch.setattr(app_module, "measure", lambda _: Capacity(batch_tokens=1_024, tokens_per_second=100))
    settings = SentimentSettings(role=Role.API, model="dummy")
    async with LifespanManager(build_app(settings)) as running:
        transport = httpx.ASGITransport(running.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://sentiment") as client:
            yield client


async def test_scores_in_the_order_sent(client):
    answer = await client.post("/sentiment", json={"texts": ["Rico pero caro", "pésimo", "hola", ""]})
    assert answer.status_code == 200
    body = SentimentResponse.model_validate(answer.json())
    assert body.model_version == "dummy-1"
    assert [result.sentiment for result in body.results] == ["neutral", "negative", "neutral", "neutral"]
    assert {aspect.aspect: aspect.sentiment for aspect in body.results[0].aspects} == {
        "sabor": "positive",
        "precio": "negative",
    }
    assert body.results[3].flags == ["empty"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"texts": []}, "texts"),
        ({"texts": ["a"] * 257}, "texts"),
        ({"texts": ["a" * 5_001]}, "texts.0"),
        ({"texts": "rico"}, "texts"),
        ({"text": ["rico"]}, "texts"),
        ({"texts": [None]}, "texts.0"),
    ],
)
async def test_bad_input_is_named(client, body, field):
    answer = await client.post("/sentiment", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_a_poison_text_is_named_by_index_and_never_quoted(client):
    answer = await client.post("/sentiment", json={"texts": ["rico", "un veneno secreto"]})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:pulso:problem:text-not-scored"
    assert "index 1" in answer.json()["detail"]
    assert "secreto" not in answer.text


async def test_a_score_tells_its_confidence_and_emotion(client):
    answer = await client.post("/sentiment", json={"texts": ["Rico y bacán", "pésimo", "\u200b"]})
    good, bad, empty = SentimentResponse.model_validate(answer.json()).results
    assert good.confidence == good.probabilities.positive > 0.9
    assert [score.emotion and score.emotion.emotion for score in (good, bad, empty)] == ["joy", "anger", None]
    assert (empty.confidence, empty.flags) == (0, ["empty"])


async def test_the_words_of_an_answer_are_weighed(client):
    text = "  Rico, rico el lomo pero caro\n"
    answer = await client.post("/sentiment/explain", json={"text": text})
    assert answer.status_code == 200
    told = Explanation.model_validate(answer.json())
    assert (told.sentiment, told.model_version) == ("positive", "dummy-1")
    assert [text[word.start : word.end] for word in told.words] == [word.word for word in told.words]
    weights = {word.word: word.weight for word in told.words}
    assert weights["Rico"] == weights["rico"] > 0 == weights["lomo"] > weights["caro"]
    assert (await client.post("/sentiment/explain", json={"text": text})).json() == answer.json()


async def test_of_a_long_text_only_the_words_that_usually_weigh_are_weighed(
    client, faulty_model, monkeypatch
):
    vectors = faulty_model.embed(["pésimo"])
    direction = np.concatenate([np.zeros_like(vectors[0]), vectors[0], np.zeros_like(vectors[0])])
    monkeypatch.setattr(faulty_model, "usual_weights", UsualWeights(direction))
    text = "la casa " * 15 + "pésimo " + "el vaso " * 15
    answer = await client.post("/sentiment/explain", json={"text": text})
    quick = Explanation.model_validate(answer.json())
    answer = await client.post("/sentiment/explain", json={"text": text, "every_word": True})
    whole = Explanation.model_validate(answer.json())
    assert [word.word for word in quick.words] == [word.word for word in whole.words] == text.split()
    assert sum(word.weight is not None for word in quick.words) == 29
    assert None not in [word.weight for word in whole.words]
    heaviest = max(whole.words, key=lambda word: abs(word.weight))
    assert heaviest in quick.words
    assert (heaviest.word, quick.base) == ("pésimo", whole.base)
    short = await client.post("/sentiment/explain", json={"text": "ya " * 19})
    assert None not in [word["weight"] for word in short.json()["words"]]


async def test_what_has_no_words_is_explained_with_none(client):
    answer = await client.post("/sentiment/explain", json={"text": "..."})
    assert (answer.json()["sentiment"], answer.json()["words"]) == ("neutral", [])


@pytest.mark.parametrize(
    "body",
    [{"text": "ya " * 129}, {"text": "x" * 5_001}, {}, {"text": "a", "b": 1}, {"text": "a", "every_word": 2}],
)
async def test_what_cannot_be_explained_is_named(client, body):
    answer = await client.post("/sentiment/explain", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == ([*body, "text"][1] if body.get("text") == "a" else "text")


async def test_an_explanation_fails_like_a_score(client):
    answer = await client.post("/sentiment/explain", json={"text": "un veneno secreto"})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:pulso:problem:text-not-scored"
    assert "secreto" not in answer.text


async def test_an_explanation_waits_in_the_same_queue(client, faulty_model):
    faulty_model.gate.clear()
    long = " ".join(f"palabra{n}" for n in range(120))
    held = asyncio.create_task(client.post("/sentiment/explain", json={"text": long}))
    async with asyncio.timeout(10):
        while not faulty_model.entered.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)
    refused = await client.post("/sentiment/explain", json={"text": long.upper()})
    faulty_model.gate.set()
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert len((await held).json()["words"]) == 120


async def test_overload_is_refused_with_a_time(client, faulty_model):
    faulty_model.gate.clear()
    held = asyncio.create_task(client.post("/sentiment", json={"texts": [letter * 1_000 for letter in "wx"]}))
    async with asyncio.timeout(10):
        while not faulty_model.entered.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)
    refused = await client.post("/sentiment", json={"texts": ["y"]})
    faulty_model.gate.set()
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert (await held).status_code == 200


async def test_while_the_engine_is_full_a_call_is_refused_by_its_length_alone(client, faulty_model):
    async def never_read():
        raise AssertionError("the body was read")
        yield b""

    faulty_model.gate.clear()
    held = asyncio.create_task(client.post("/sentiment", json={"texts": ["w" * 1_000]}))
    async with asyncio.timeout(10):
        while not faulty_model.entered.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)
    headers = {"Content-Length": "300", "Content-Type": "application/json"}
    refused = await client.post("/sentiment", content=never_read(), headers=headers)
    faulty_model.gate.set()
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) >= 1
    assert (await held).status_code == 200


async def test_few_texts_go_ahead_of_many(client, faulty_model):
    faulty_model.gate.clear()
    many = [f"plato {letter}{number}" for letter in "abcdefgh" for number in range(32)]
    bulk = asyncio.create_task(client.post("/sentiment", json={"texts": many}))
    async with asyncio.timeout(10):
        while not faulty_model.entered.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)
    few = asyncio.create_task(client.post("/sentiment", json={"texts": ["rico"]}))
    await asyncio.sleep(0.1)
    faulty_model.gate.set()
    assert (await few).status_code == (await bulk).status_code == 200
    assert faulty_model.batches[1] == 1


def found_near() -> float:
    return REGISTRY.get_sample_value("pulso_sentiment_cache_lookups_total", {"result": "local"}) or 0.0


async def test_a_text_that_comes_again_is_not_computed_again(client, faulty_model):
    before = found_near()
    first = await client.post("/sentiment", json={"texts": ["todo bien", "pésimo", "todo bien"]})
    again = await client.post("/sentiment", json={"texts": ["pésimo", "todo bien", "todo bien"]})
    assert sum(faulty_model.batches) == 2
    assert [first.json()["results"][place] for place in (1, 0, 2)] == again.json()["results"]
    assert found_near() - before == 2


async def test_a_dead_engine_is_told_by_health_and_endpoints(client, faulty_model):
    assert (await client.get("/readyz")).status_code == 200
    faulty_model.broken = True
    assert (await client.post("/sentiment", json={"texts": ["rico"]})).status_code == 503
    assert (await client.get("/readyz")).status_code == 503
    health = await client.get("/healthz")
    assert health.status_code == 503
    assert health.json()["checks"]["engine"] == "the engine does not run"


async def test_the_model_describes_itself(client):
    answer = await client.get("/sentiment/model")
    assert answer.json()["version"] == "dummy-1"
    assert answer.json()["labels"] == ["negative", "neutral", "positive"]
    assert {"calibration", "thresholds", "confusion", "calibration_error"} <= answer.json().keys()


async def test_metrics_hold_no_text(client):
    await client.post("/sentiment", json={"texts": ["palabra-secreta"]})
    metrics = (await client.get("/metrics")).text
    assert "pulso_sentiment_texts_total" in metrics
    assert "secreta" not in metrics
