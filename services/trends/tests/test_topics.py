"""Topics from indexed remarks: made with vectors of the real sentiment service, told over HTTP."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pulso_contracts.emerging import ConceptKind
from pulso_kit.health import Heartbeat
from pulso_sentiment.app import build_app as build_sentiment
from pulso_sentiment.settings import Role, SentimentSettings
from pulso_trends.domain.concepts import Concept
from pulso_trends.settings import TrendsSettings
from pulso_trends.source.word_vectors import WordVectors
from pulso_trends.store.indexing import index
from pulso_trends.store.taxonomy import TaxonomyInUse, add_concepts
from pulso_trends.worker.topics import TopicKeeper
from pulso_trends.worker.watch import Watch
from sqlalchemy import text

from tests.fixtures.serving import free_address, serving

NOW = datetime(2026, 11, 12, 15, tzinfo=UTC)
SEA = ("ceviche", "tiradito", "parihuela")
FRUIT = ("papaya", "lúcuma", "maracuyá")
SOUP = ("aguadito", "sancochado")
"""Three groups of the taxonomy; with the groups themselves eleven terms, which make three topics."""
PERIOD = {"from": "2026-10-20", "to": "2026-11-12"}


def remarks(scored, concepts=(*SEA, *FRUIT, *SOUP), *, voices=12, region="Arequipa", days_ago=1, **fields):
    """So many short remarks on each concept, and half as many on nothing that is known."""
    moment = NOW - timedelta(days=days_ago)
    texts = [f"Hoy {concept} otra vez" for concept in concepts for _ in range(voices)]
    texts += ["Volvimos el martes"] * (voices // 2)
    return [
        scored(each, region=region, created_at=moment + timedelta(seconds=number), **fields)
        for number, each in enumerate(texts)
    ]


@pytest.fixture
async def sentiment_url():
    async with serving(build_sentiment(SentimentSettings(role=Role.API, model="dummy"))) as url:
        yield url


class Workers:
    """The watch and the keeper of topics of one process."""

    def __init__(self, database, sentiment_url):
        taxonomy = TaxonomyInUse()
        vectors = WordVectors(TrendsSettings(sentiment_url=sentiment_url))
        self.watch = Watch(database, taxonomy, seconds=1, heartbeat=Heartbeat(60))
        self.keeper = TopicKeeper(database, taxonomy, vectors, seconds=1, heartbeat=Heartbeat(60))

    async def rest(self, now=NOW):
        """Let both work until nothing is due; returns whether topics were made."""
        made = False
        while True:
            while await self.watch.turn(now):
                pass
            if not await self.keeper.turn(now):
                return made
            made = True


@pytest.fixture
def workers(database, sentiment_url):
    return Workers(database, sentiment_url)


@pytest.fixture
async def ask(database_url, start_service):
    async with start_service(database_url, role="api") as client:

        async def get(**parameters):
            answer = await client.get("/trends/topics", params=PERIOD | parameters)
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield get


async def rows(database, table):
    async with database.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT * FROM {table}"))
        return sorted(tuple(row) for row in found)


def homes(answer):
    """The topic of each term that is told."""
    return {term["concept"]: topic["id"] for topic in answer["topics"] for term in topic["terms"]}


async def test_each_text_is_told_in_one_topic(database, scored, workers, ask):
    aspects = {"entrega": "negative"}
    await index(database, remarks(scored) + remarks(scored, (), voices=30, aspects=aspects))
    assert await workers.rest()
    answer = await ask()
    assert (answer["voices"], answer["recounting"]) == (8 * 12 + 6 + 15, False)
    assert sum(topic["voices"] for topic in answer["topics"]) == answer["voices"]
    assert sum(topic["share"] for topic in answer["topics"]) == pytest.approx(1)
    told = homes(answer)
    assert len({told[each] for each in SEA}) == 1
    assert told["ceviche"] != told["papaya"]
    by_id = {topic["id"]: topic for topic in answer["topics"]}
    assert by_id[told["entrega"]]["voices"] == 15
    assert by_id[told["entrega"]]["label_es"] == "entrega"
    rest = answer["topics"][-1]
    assert (rest["id"], rest["label_es"], rest["voices"], rest["terms"]) == ("other", "otros", 6, [])
    seafood = by_id[told["ceviche"]]
    assert (seafood["voices"], seafood["positive"], seafood["score"]) == (36, 36, 0.9)
    assert "ceviche" in seafood["label_es"]
    assert len(seafood["examples"]) == 3
    assert seafood["corrected"] is None
    assert seafood["change"] is None


async def test_filters_narrow_and_the_period_before_is_compared(database, scored, workers, ask):
    events = remarks(scored, region="Arequipa") + remarks(scored, SEA, region="Lima", channel="chat")
    events += remarks(scored, SEA, region="Arequipa", days_ago=30, voices=20)
    await index(database, events)
    await workers.rest()
    lima = await ask(region="15", channel="chat")
    assert [(topic["voices"], topic["change"]) for topic in lima["topics"]] == [(36, None), (6, None)]
    assert (await ask(channel="market"))["topics"] == []
    arequipa = await ask(region="Arequipa")
    told = homes(arequipa)
    change = {topic["id"]: topic["change"] for topic in arequipa["topics"]}
    assert change[told["ceviche"]]["share_before"] == pytest.approx(60 / 70)
    assert change[told["ceviche"]]["high"] < 1 < change[told["papaya"]]["low"]


async def test_topics_are_made_once_a_week_and_keep_their_ids(database, scored, workers, ask):
    await index(database, remarks(scored))
    assert await workers.rest()
    before = homes(await ask())
    assert not await workers.rest()
    await index(database, remarks(scored, ("granadilla",), voices=11))
    assert not await workers.rest()
    assert await workers.rest(NOW + timedelta(days=7))
    after = homes(await ask())
    assert {term: after[term] for term in before} == before
    assert after["granadilla"] == before["papaya"]


async def test_a_changed_taxonomy_or_twice_the_items_make_topics_anew(database, scored, workers, ask):
    await index(database, remarks(scored))
    assert await workers.rest()
    await add_concepts(database, [Concept("martes", ConceptKind.TERM, "martes", "Tuesday")])
    assert await workers.rest()
    await index(database, remarks(scored, voices=13))
    assert await workers.rest()
    assert "martes" in homes(await ask())


async def test_without_the_sentiment_service_topics_stay_and_are_made_later(
    database, scored, sentiment_url, ask
):
    bound, port = free_address()
    bound.close()
    await index(database, remarks(scored))
    assert not await Workers(database, f"http://127.0.0.1:{port}").rest()
    answer = await ask()
    assert answer["grouped_at"] is None
    assert [(topic["id"], topic["share"]) for topic in answer["topics"]] == [("other", 1.0)]
    assert await Workers(database, sentiment_url).rest()
    assert len((await ask())["topics"]) > 1


async def test_a_recount_gives_what_indexing_gave(database, scored, workers):
    await index(database, remarks(scored))
    await workers.rest()
    more = remarks(scored, region="Cusco", aspects={"precio": "negative"}) + remarks(scored, voices=3)
    await index(database, more)
    await index(database, more)
    before = await rows(database, "topic_day")
    assert sum(row[4] for row in before) == 102 * 2 + 25
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE taxonomy_state SET recount_below = 30000"))
        await connection.execute(text("UPDATE topic_day SET items = items + 1"))
    while await workers.watch.turn(NOW):
        pass
    assert await rows(database, "topic_day") == before


async def test_of_two_processes_one_keeps_its_topics(database, scored, sentiment_url):
    await index(database, remarks(scored))
    one, other = Workers(database, sentiment_url), Workers(database, sentiment_url)
    while await one.watch.turn(NOW):
        pass
    gate = other.keeper._vectors.of

    async def overtaken(texts):
        found = await gate(texts)
        assert await one.keeper.turn(NOW)
        return found

    other.keeper._vectors.of = overtaken
    assert not await other.keeper.turn(NOW)
    ids = [row[0] for row in await rows(database, "topic")]
    assert ids == list(range(1, len(ids) + 1))


async def test_an_empty_database_has_no_topics(ask):
    answer = await ask()
    assert (answer["topics"], answer["voices"], answer["grouped_at"]) == ([], 0, None)


@pytest.mark.parametrize(
    "parameters",
    [
        {"region": "Atlantis"},
        {"channel": "radio"},
        {"from": "ayer"},
        {"from": "2026-11-02", "to": "2026-11-01"},
    ],
)
async def test_bad_questions_are_refused(database_url, start_service, parameters):
    async with start_service(database_url, role="api") as client:
        answer = await client.get("/trends/topics", params=parameters)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


@asynccontextmanager
async def answering(body):
    async def app(scope, _receive, send):
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    async with serving(app) as url:
        yield WordVectors(TrendsSettings(sentiment_url=url))


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"model_version": "m", "dimensions": 1, "embeddings": [[1.0]]}',
        b'{"model_version": "m", "dimensions": 1, "embeddings": [[1.0], [2.0, 3.0]]}',
        b'{"model_version": "m", "dimensions": 1, "embeddings": [[1.0], [NaN]]}',
    ],
)
async def test_a_wrong_answer_is_none(body):
    async with answering(body) as vectors:
        assert await vectors.of(["papaya", "lúcuma"]) is None
