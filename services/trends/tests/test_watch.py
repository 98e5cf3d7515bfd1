"""What the watch finds in indexed remarks, and what the API tells of it."""

import asyncio
import csv
import random
import time
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from prometheus_client import REGISTRY
from pulso_contracts.emerging import ConceptKind, TrendStatus
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat
from pulso_trends.domain.concepts import Concept
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.store.indexing import index
from pulso_trends.store.migrate import migrate
from pulso_trends.store.taxonomy import TaxonomyInUse, add_concepts
from pulso_trends.worker.watch import Watch
from sqlalchemy import text

NOW = datetime(2026, 11, 12, 15, tzinfo=UTC)
DISHES = ("ceviche", "lomo saltado", "ají de gallina", "anticuchos", "tacu tacu", "arroz chaufa")
WEEKS = 13


def remarks(scored, *, dish="picarones", region="Arequipa", planted=0, days=5, before=1):
    """Thirteen weeks of remarks in two departments; of late `planted` more a day on one dish."""
    events = []

    def say(text, place, day, number):
        moment = NOW - timedelta(days=day, hours=2, minutes=number)
        events.append(scored(text, region=place, created_at=moment, customer=f"{place}-{day}-{number}"))

    for day in range(7 * WEEKS, 0, -1):
        for place in ("Arequipa", "Lima"):
            for number in range(6):
                say(f"Pedí {DISHES[number % len(DISHES)]} y llegó", place, day, number)
            for number in range(14):
                say(f"Llegó a la hora {number} y bien", place, day, 100 + number)
            for number in range(before):
                say(f"Los {dish} de siempre", place, day, 20 + number)
        if day <= days:
            for number in range(planted):
                say(f"Probé {dish} por fin", region, day, 40 + number)
    return events


async def watched(database, now=NOW):
    watch = Watch(database, TaxonomyInUse(), seconds=1, heartbeat=Heartbeat(60))
    while await watch.turn(now):
        pass


async def stored(database, events):
    for first in range(0, len(events), 500):
        await index(database, events[first : first + 500])


@pytest.fixture
async def ask(database_url, start_service):
    async with start_service(database_url, role="api") as client:

        async def get(**parameters):
            answer = await client.get("/trends/emerging", params=parameters)
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield get


async def test_what_rises_in_one_department_is_told_there_and_only_there(database, scored, ask):
    await stored(database, remarks(scored, planted=8))
    await watched(database)
    answer = await ask(region=["Arequipa", "Lima"])
    assert [(trend["concept"], trend["place"], trend["status"]) for trend in answer["trends"]][:1] == [
        ("picarones", "Arequipa", "rising")
    ]
    assert not [trend for trend in answer["trends"] if trend["place"] == "Lima"]
    trend = answer["trends"][0]
    assert trend["since"] is not None
    assert trend["count"] > 2 * trend["expected"]
    assert 1 < trend["ratio_low"] < trend["ratio"] < trend["ratio_high"]
    assert trend["q_value"] <= 0.05
    assert trend["people"] >= 40
    assert len(trend["examples"]) == 5
    assert trend["now"]["voices"] == trend["count"] == trend["channels"]["review"]


async def test_copies_of_one_text_are_no_trend_and_are_told(database, scored, ask):
    events = remarks(scored)
    text = "Los picarones de la plaza son lo mejor de todo el mundo y nadie debería perdérselos nunca"
    events += [
        scored(text, region="Arequipa", created_at=NOW - timedelta(days=1, minutes=n), customer=f"b{n}")
        for n in range(80)
    ]
    await stored(database, events)
    await watched(database)
    assert (await ask())["trends"] == []
    stable = await ask(region="Arequipa", concept="picarones", status="stable")
    assert stable["trends"][0]["near_duplicate_share"] > 0.8


async def test_more_feedback_of_everything_is_no_trend(database, scored, ask):
    events = remarks(scored)
    draw = random.Random(3)
    events += [
        scored(
            f"Pedí {draw.choice((*DISHES, 'picarones', *DISHES))} y llegó",
            region="Arequipa",
            created_at=NOW - timedelta(days=1 + n % 3, minutes=n),
            customer=f"surge-{n}",
        )
        for n in range(300)
    ]
    await stored(database, events)
    await watched(database)
    assert (await ask())["trends"] == []


async def test_something_never_heard_of_is_new(database, scored, ask):
    await stored(database, remarks(scored, dish="tamalito verde", planted=8, before=0))
    await watched(database)
    trend = (await ask(region="Arequipa"))["trends"][0]
    assert trend["status"] == "new"


async def test_a_look_twice_tells_the_same(database, scored, ask):
    await stored(database, remarks(scored, planted=8))
    await watched(database)
    first = await ask()
    await watched(database)
    assert (await ask())["trends"] == first["trends"]


async def test_an_empty_database_has_no_trends(ask):
    answer = await ask()
    assert (answer["trends"], answer["tested"], answer["last_day"]) == ([], 0, None)


@pytest.mark.parametrize(
    "parameters",
    [{"region": "Atlantis"}, {"concept": "nada"}, {"kind": "planet"}, {"limit": 0}, {"status": "odd"}],
)
async def test_bad_questions_are_refused(database_url, start_service, parameters):
    async with start_service(database_url, role="api") as client:
        assert (await client.get("/trends/emerging", params=parameters)).status_code == 422


async def test_a_concept_is_added_over_http_once(database_url, start_service):
    concept = {"id": "brebaje_lunar", "kind": "drink", "es": "brebaje lunar", "en": "moon brew"}
    async with start_service(database_url, role="api") as client:
        added = await client.post("/taxonomy", json={"concepts": [concept]})
        assert (added.status_code, added.json()) == (202, {"added": ["brebaje_lunar"], "recounting": True})
        again = await client.post("/taxonomy", json={"concepts": [concept]})
        assert again.status_code == 422
        assert "given twice" in again.text
        drinks = (await client.get("/taxonomy", params={"kind": "drink"})).json()
        assert drinks["recounting"]
        assert [each["id"] for each in drinks["concepts"] if each["added"]] == ["brebaje_lunar"]


async def test_a_group_and_a_country_that_only_repeat_a_department_are_left_out(database, scored, ask):
    await stored(database, remarks(scored, planted=8))
    await watched(database)
    shown = await ask()
    assert {(trend["concept"], trend["place"]) for trend in shown["trends"]} == {("picarones", "Arequipa")}
    repeated = [trend for trend in (await ask(explained=True))["trends"] if trend["explained_by"]]
    assert repeated
    assert all(trend["since"] is None for trend in repeated)


async def test_a_term_that_no_list_has_is_discovered_and_can_rise(database, scored, ask):
    await stored(database, remarks(scored, dish="brebaje lunar", planted=8))
    await watched(database)
    trends = (await ask(region="Arequipa"))["trends"]
    assert [(trend["name_es"], trend["kind"], trend["status"]) for trend in trends] == [
        ("brebaje lunar", "term", "rising")
    ]


async def test_an_added_concept_is_looked_for_though_nothing_new_was_said(database, scored, ask):
    await stored(database, remarks(scored))
    await watched(database)
    first = await ask()
    await add_concepts(database, [Concept("de_siempre", ConceptKind.SERVICE, "siempre", "as always")])
    await watched(database)
    again = await ask()
    assert again["looked_at"] > first["looked_at"]


async def test_a_place_where_nobody_spoke_before_has_no_upper_end(database, scored, ask):
    events = remarks(scored)
    events += [
        scored(
            "Probé picarones",
            region="Tumbes",
            created_at=NOW - timedelta(days=1, minutes=n),
            customer=f"t{n}",
        )
        for n in range(15)
    ]
    await stored(database, events)
    await watched(database)
    [trend] = (await ask(region="Tumbes", concept="picarones", status=["stable", "not_enough_data"]))[
        "trends"
    ]
    assert (trend["expected"], trend["ratio_high"]) == (0, None)


async def test_counts_of_a_concept_that_is_gone_are_left_alone(database, scored, ask):
    await stored(database, remarks(scored, planted=8))
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE mention SET concept = 'gone' WHERE concept = 'picarones'"))
    await watched(database)
    assert "gone" not in {trend["concept"] for trend in (await ask(explained=True))["trends"]}


async def test_a_rise_does_not_bear_the_day_of_an_alarm_of_a_fall(database, scored, ask):
    await stored(database, remarks(scored, planted=8))
    await watched(database)
    before = (await ask(region="Arequipa"))["trends"][0]["since"]
    assert before is not None
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO alarm (concept, place, direction, raised_on, quiet_days) "
                "VALUES (:c, :p, 'down', 1, 0)"
            ),
            {"c": "picarones", "p": "Arequipa"},
        )
    assert (await ask(region="Arequipa"))["trends"][0]["since"] == before


async def test_a_peak_of_the_calendar_that_does_not_come_is_told(database, scored, ask):
    after = datetime(2026, 10, 19, 15, tzinfo=UTC)  # three days after the third Friday of October
    events = []
    for year, peak in ((1, 12), (0, 1)):
        for day in range(REACH - 1, -1, -1):
            said = ["Los picarones de siempre"] * (peak if day < 5 else 1) + ["Llegó bien"] * 12
            moment = after - timedelta(days=day + 364 * year, hours=2)
            events += [
                scored(f"{text} {number}", region="Lima", created_at=moment, customer=f"{moment}-{number}")
                for number, text in enumerate(said)
            ]
    await stored(database, events)
    await watched(database, after)
    [trend] = (await ask(concept="picarones", status="missing"))["trends"]
    assert (trend["place"], trend["cause"], trend["window_days"]) == ("Perú", "dia_de_los_picarones", 5)
    assert trend["count"] < trend["expected"] / 3
    assert trend["now"]["voices"] == trend["count"]


EVERYTHING = [status.value for status in TrendStatus]


async def test_pages_hold_each_trend_of_a_look_once_and_end_with_it(
    database, scored, database_url, start_service
):
    await stored(database, remarks(scored, planted=8))
    await watched(database)
    async with start_service(database_url, role="api") as client:

        async def page(limit, cursor=None):
            asked = {"status": EVERYTHING, "explained": True, "limit": limit}
            return await client.get("/trends/emerging", params=asked | ({"cursor": cursor} if cursor else {}))

        whole = (await page(100)).json()
        seen, cursor = [], None
        while cursor is not None or not seen:
            answer = (await page(7, cursor)).raise_for_status().json()
            seen += answer["trends"]
            cursor = answer["next_cursor"]
        assert len(seen) > 14
        assert seen[:100] == whole["trends"]
        assert len({(trend["concept"], trend["place"]) for trend in seen}) == len(seen)

        cursor = (await page(7)).json()["next_cursor"]
        await index(database, [scored("Uno más", created_at=NOW)])
        await watched(database)
        overtaken = await page(7, cursor)
        assert (overtaken.status_code, overtaken.json()["type"]) == (409, "urn:pulso:problem:conflict")
        assert "begin again" in overtaken.json()["detail"]
        assert (await page(7)).json()["looked_at"] > whole["looked_at"]


async def test_trends_are_told_as_a_table_too(database, scored, database_url, start_service):
    await stored(database, remarks(scored, planted=8))
    await watched(database)
    asked = {"status": EVERYTHING, "explained": True, "limit": 5}
    async with start_service(database_url, role="api") as client:
        trends = (await client.get("/trends/emerging", params=asked)).json()["trends"]
        answer = await client.get("/trends/emerging", params=asked, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert 'rel="next"' in answer.headers["link"]
    for row, trend in zip(rows, trends, strict=True):
        assert [row["concept"], row["place"], row["status"]] == [
            trend["concept"],
            trend["place"],
            trend["status"],
        ]
        assert int(row["now.voices"]) == trend["now"]["voices"]
        assert float(row["q_value"]) == trend["q_value"]
        assert row["explained_by"] == ";".join(trend["explained_by"] or ())
        assert row["examples"] == ";".join(trend["examples"])


async def test_the_watch_tells_when_it_was_last_done(database, eventually):
    def told():
        return REGISTRY.get_sample_value("pulso_trends_watched_timestamp_seconds")

    before = time.time()
    watch = Watch(database, TaxonomyInUse(), seconds=0.01, heartbeat=Heartbeat(60))
    started = told()
    assert started >= before
    draining = asyncio.Event()
    running = asyncio.create_task(watch.run(draining))

    async def done():
        return told() > started

    await eventually(done)
    draining.set()
    await running


class Counted(Heartbeat):
    beats = 0

    def beat(self):
        self.beats += 1
        super().beat()


async def test_a_watch_without_its_database_grows_old(postgres, postgres_url, eventually):
    database = Database(postgres_url, application="pulso-trends-tests")
    await migrate(database)
    await asyncio.to_thread(postgres.stop)
    try:
        heartbeat = Counted(60)
        watch = Watch(database, TaxonomyInUse(), seconds=0.01, heartbeat=heartbeat)
        started = REGISTRY.get_sample_value("pulso_trends_watched_timestamp_seconds")
        draining = asyncio.Event()
        running = asyncio.create_task(watch.run(draining))

        async def tried_thrice():
            return heartbeat.beats > 3

        await eventually(tried_thrice)
        draining.set()
        await running
        assert REGISTRY.get_sample_value("pulso_trends_watched_timestamp_seconds") == started
    finally:
        await database.close()
        await asyncio.to_thread(postgres.start)
