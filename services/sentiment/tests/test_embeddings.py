"""Vectors of words: over HTTP, from the model that ships, from a transformers model."""

import numpy as np
import pytest
from asgi_lifespan import LifespanManager
from httpx import ASGITransport, AsyncClient
from pulso_contracts.scoring import Embeddings
from pulso_sentiment.app import build_app
from pulso_sentiment.model import NoWordVectors, load_model
from pulso_sentiment.model.word_vectors import read_vector_table
from pulso_sentiment.settings import DEFAULT_MODEL, Role, SentimentSettings


@pytest.fixture
async def client():
    async with LifespanManager(build_app(SentimentSettings(role=Role.API, model="dummy"))) as running:
        transport = ASGITransport(running.app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://sentiment") as client:
            yield client


@pytest.fixture(scope="module")
def model():
    return load_model(DEFAULT_MODEL)


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


async def test_vectors_come_in_the_order_sent_and_are_the_same_each_time(client):
    texts = ["lomo saltado", "", "chicha", "lomo saltado"]
    answer = await client.post("/embeddings", json={"texts": texts})
    told = Embeddings.model_validate(answer.json())
    assert (told.model_version, {len(each) for each in told.embeddings}) == ("dummy-1", {told.dimensions})
    assert told.embeddings[0] == told.embeddings[3] != told.embeddings[2]
    assert not any(told.embeddings[1])
    alone = await client.post("/embeddings", json={"texts": texts[2:3]})
    assert alone.json()["embeddings"] == [told.embeddings[2]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"texts": []}, "texts"),
        ({"texts": ["a"] * 257}, "texts"),
        ({"texts": ["a" * 5_001]}, "texts.0"),
        ({"texts": [1]}, "texts.0"),
        ({"texts": ["a"], "layer": 3}, "layer"),
    ],
)
async def test_bad_input_is_named(client, body, field):
    answer = await client.post("/embeddings", json=body)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_only_fellow_services_are_answered():
    settings = SentimentSettings(role=Role.API, model="dummy", internal_token="s" * 32)
    async with LifespanManager(build_app(settings)) as running:
        transport = ASGITransport(running.app)
        async with AsyncClient(transport=transport, base_url="http://sentiment") as client:
            assert (await client.post("/embeddings", json={"texts": ["a"]})).status_code == 401


def test_the_model_that_ships_puts_like_by_like(model):
    vectors = model.embed(["papaya", "maracuyá", "tiempo de espera", "demora", "\u200b", "猫"])
    vectors = vectors.astype(np.float64)
    assert cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2])
    assert cosine(vectors[2], vectors[3]) > cosine(vectors[1], vectors[3])
    assert np.isfinite(vectors).all()
    assert not vectors[4].any()


def test_case_is_not_meaning_only_when_a_text_shouts(model):
    shouted, plain = model.embed(["LOMO SALTADO", "lomo saltado"])
    assert np.array_equal(shouted, plain)


def test_a_file_without_such_a_table_says_so(tmp_path):
    data = '<data element_type="i8" shape="4, 2" offset="0"/>'
    layer = f'<layer type="Const" name="a.word_embeddings.weight">{data}'
    (tmp_path / "model.xml").write_text(f"<net><layers>{layer}</layer></layers></net>")
    assert read_vector_table(tmp_path) is None


async def test_a_model_without_vectors_is_told(faulty_model, monkeypatch):
    def without(_texts):
        raise NoWordVectors

    monkeypatch.setattr(faulty_model, "embed", without)
    monkeypatch.setattr("pulso_sentiment.app.load_model", lambda *_, **__: faulty_model)
    async with LifespanManager(build_app(SentimentSettings(role=Role.API, model="dummy"))) as running:
        transport = ASGITransport(running.app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://sentiment") as client:
            answer = await client.post("/embeddings", json={"texts": ["a"]})
    assert (answer.status_code, answer.json()["type"]) == (501, "urn:pulso:problem:no-embeddings")


def test_rows_are_those_of_the_network(model):
    import openvino

    network = openvino.Core().read_model(f"{DEFAULT_MODEL}/model.xml")
    [table] = [
        each.data
        for each in network.get_ordered_ops()
        if "word_embeddings.weight" in each.get_friendly_name() and each.get_type_name() == "Constant"
    ]
    pieces = [each for each in model.tokenise(["anticucho"])[0].windows[0].ids[1:-1] if each != model._space]
    assert np.allclose(model.embed(["anticucho"])[0], table[pieces].astype(np.float32).mean(axis=0))
