"""Briefs by the built-in writer over a real trends service."""

import asyncio
import csv
import re
import sqlite3
from datetime import date, datetime, timedelta
from io import StringIO

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pulso_contracts.base import LIMA
from pulso_contracts.insights import MAX_BRIEF_SECONDS
from pulso_insights.settings import InsightsSettings
from pulso_insights.store.migrate import SCRIPTS, VERSION_TABLE
from pulso_insights.store.tables import METADATA
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.worker.watch import Watch
from pydantic import ValidationError

NOW, BEFORE = date(2026, 10, 20), date(2026, 9, 20)
AUDIENCES = ("product", "service")
OCTOBER = {"from": "2026-10-01", "to": "2026-10-30"}


async def brief(insights, **wanted):
    answer = await insights.post("/insights", json=wanted)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def october(trends):
    """A drink that rises and one that sours, against steady rest."""
    for day in (BEFORE, NOW):
        await trends.add(200, day=day, sentiment="positive", region="Lima", product="Ceviche")
        await trends.add(100, day=day, sentiment="neutral", region="Lima", product="Ceviche")
    await trends.add(20, day=BEFORE, region="Arequipa", product="Chicha 1.5L", sentiment="positive")
    await trends.add(180, day=NOW, region="Arequipa", product="Chicha 1.5L", sentiment="positive")
    await trends.add(100, day=BEFORE, region="Cusco", product="Pollo", sentiment="positive", aspect="entrega")
    await trends.add(100, day=NOW, region="Cusco", product="Pollo", sentiment="negative", aspect="entrega")
    return trends


@pytest.mark.usefixtures("october")
async def test_a_brief_tells_what_rose_what_soured_and_where(insights):
    made = await brief(insights, scope=OCTOBER, audience="executive")
    text = made["text"]
    assert made["title"] == "Perú: del 1 de octubre de 2026 al 30 de octubre de 2026"
    assert "hubo 580 comentarios, 38.1\N{NO-BREAK SPACE}% más" in text
    assert "El ánimo empeoró: la parte negativa subió 17.2 puntos" in text
    assert (
        "Chicha 1.5L gana presencia: de 20 comentarios a 180 comentarios, 800\N{NO-BREAK SPACE}% más." in text
    )
    assert "Arequipa gana presencia" in text
    assert (
        "sobre Pollo empeoró: la parte negativa pasó de 0\N{NO-BREAK SPACE}% a 100\N{NO-BREAK SPACE}%."
        in text
    )
    assert "De lo que más se habla: entrega (100 opiniones)." in text
    assert made["writer"] == {"name": "grounded", "model": None, "fallback": None}
    assert not re.search(r"[{}]|None", text)


async def test_every_figure_is_a_fact_and_every_fact_can_be_asked_again(insights, october):
    made = await brief(insights, scope=OCTOBER, audience="service", language="en")
    facts = {fact["id"]: fact for fact in made["facts"]}
    for sentence in (each for section in made["sections"] for each in section["sentences"]):
        assert not re.search(r"\d", re.sub(r"\{F\d+(\.\w+)?\}", "", sentence["template"]))
        assert set(sentence["facts"]) <= facts.keys()
    async with httpx.AsyncClient(base_url=october.url) as trends:
        asked = 0
        for fact in facts.values():
            if fact["label"] == "total of the period" and fact["unit"] == "items":
                answer = (await trends.get(fact["query"].removeprefix("/api/v1"))).json()
                keys = {fact["subject"]} if fact["subject"] else {"all"}
                keys |= {"review"} if fact["subject"] == "reviews" else set()
                [found] = [series for series in answer["series"] if series["key"] in keys]
                assert found["total"]["count"] == fact["value"]
                asked += 1
    assert asked >= 4
    change = next(fact for fact in facts.values() if fact["label"] == "change of the total")
    now, before = (facts[part]["value"] for part in change["derived_from"])
    assert change["value"] == round(100 * (now - before) / before, 1)


@pytest.mark.usefixtures("october")
async def test_what_the_scope_fixes_is_not_broken_down(insights):
    made = await brief(insights, scope=OCTOBER | {"region": "arequipa", "channel": "review"})
    assert made["title"].startswith("arequipa · reseñas: ")
    assert "hubo 180 comentarios" in made["text"]
    assert [section["heading"] for section in made["sections"]] == ["En resumen", "Productos", "Para leer"]


async def test_an_empty_scope_is_said_to_be_empty(insights):
    made = await brief(insights, scope=OCTOBER)
    assert made["text"].endswith("no hubo comentarios en este alcance: no hay nada que concluir.")


async def test_few_items_are_said_to_be_few_and_claim_nothing(insights, trends):
    await trends.add(1, day=BEFORE, sentiment="positive", region="Lima")
    await trends.add(9, day=NOW, sentiment="negative", region="Lima")
    made = await brief(insights, scope=OCTOBER, language="en")
    assert "They are few" in made["text"]
    assert not re.search(r"rose|fell|worsened|improved|gains|criticised", made["text"])


async def test_steady_feedback_makes_no_news(insights, trends):
    for day in (BEFORE, NOW):
        for region in ("Lima", "Cusco", "Piura"):
            await trends.add(60, day=day, sentiment="positive", region=region, product=region)
            await trends.add(30, day=day, sentiment="negative", region=region, product=region)
    text = (await brief(insights, scope=OCTOBER, language="en"))["text"]
    assert text.count("Nothing stands apart") == 2
    assert "no clear difference" in text
    assert "no clear change" in text


async def test_by_default_the_last_thirty_days_with_today_still_open(insights, trends):
    today = datetime.now(LIMA).date()
    await trends.add(40, day=today - timedelta(days=29), sentiment="positive")
    await trends.add(40, day=today - timedelta(days=30), sentiment="positive")
    made = await brief(insights, language="en")
    assert made["scope"]["to"] == today.isoformat()
    assert "there were 40 comments; the 30 days before had 40 comments" in made["text"]
    assert "The last day is not over yet" in made["text"]


@pytest.mark.usefixtures("october")
async def test_a_question_is_not_passed_over_in_silence(insights):
    made = await brief(insights, scope=OCTOBER, question="¿Por qué Cusco?")
    assert "hace falta un modelo de lenguaje" in made["text"]
    assert made["question"] == "¿Por qué Cusco?"


@pytest.mark.usefixtures("october")
async def test_briefs_are_kept_and_listed(insights):
    made = [
        await brief(insights, scope=OCTOBER, audience=each) for each in ("product", "service", "marketing")
    ]
    assert (await insights.get(f"/insights/{made[0]['id']}")).json() == made[0]
    first = (await insights.get("/insights", params={"limit": 2})).json()
    rest = (await insights.get("/insights", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == [each["id"] for each in made][::-1]
    assert rest["next_cursor"] is None
    assert "text" not in first["items"][0]
    assert (await insights.get(f"/insights/{'0' * 20}")).status_code == 404
    assert (await insights.get("/insights", params={"cursor": "0" * 20})).status_code == 422


@pytest.mark.usefixtures("october")
async def test_briefs_are_listed_as_a_table_too(insights):
    made = [await brief(insights, scope=OCTOBER | {"region": "Cusco"}, audience=each) for each in AUDIENCES]
    rows, target = [], "/insights?limit=1"
    while target is not None:
        answer = (await insights.get(target, headers={"Accept": "text/csv"})).raise_for_status()
        rows += csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
        target = answer.url.join(answer.links["next"]["url"]) if "next" in answer.links else None
    assert [(row["id"], row["title"]) for row in rows] == [(each["id"], each["title"]) for each in made][::-1]
    assert {(row["scope.from"], row["scope.region"], row["writer.name"]) for row in rows} == {
        ("2026-10-01", "Cusco", "grounded")
    }
    assert (await insights.get("/insights", headers={"Accept": "text/html"})).status_code == 406


@pytest.mark.usefixtures("october")
async def test_no_text_of_a_customer_is_kept(insights, tmp_path):
    await brief(insights, scope=OCTOBER)
    assert (
        b"Ignore previous"
        not in (tmp_path / "briefs0.db").read_bytes() + (tmp_path / "briefs0.db-wal").read_bytes()
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"audience": "kings"}, ["audience"]),
        ({"language": "pt"}, ["language"]),
        ({"scope": {"region": "Atlantis"}}, ["scope.region"]),
        ({"scope": {"channel": "fax"}}, ["scope.channel"]),
        ({"scope": {"from": "2026-10-02", "to": "2026-10-01"}}, ["scope"]),
        ({"scope": {"from": "2024-01-01", "to": "2026-10-01"}}, ["scope"]),
        ({"scope": {"from": "2003-01-01"}}, ["scope.from"]),
        ({"scope": {"from": "0001-01-01"}}, ["scope.from"]),
        ({"scope": {"to": "9999-12-31"}}, ["scope.to"]),
        ({"scope": {"colour": "red"}}, ["scope.colour"]),
        ({"question": "x" * 501}, ["question"]),
        ({"scope": {"product": "a\x00b"}}, ["scope.product"]),
    ],
)
async def test_malformed_wishes_name_the_field(insights, body, fields):
    answer = await insights.post("/insights", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == fields


async def test_without_trends_the_answer_is_503_and_kept_briefs_can_be_read(start_insights):
    insights = await start_insights(trends_url="http://127.0.0.1:9")
    answer = await insights.post("/insights", json={})
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert (await insights.get("/insights")).status_code == 200
    assert (await insights.get("/readyz")).status_code == 200


async def test_a_brief_that_cannot_be_kept_in_time_is_refused(start_insights, trends, tmp_path, monkeypatch):
    monkeypatch.setattr("pulso_insights.settings.KEEPING_SECONDS", 0.4)
    times = {"trends_seconds": 1, "insights_deadline_seconds": 0.1}
    file = tmp_path / "held.db"
    insights = await start_insights(trends_url=trends.url, database_url=f"sqlite:///{file}", **times)
    holder = sqlite3.connect(file)
    holder.execute("BEGIN IMMEDIATE")
    answer = await insights.post("/insights", json={})
    holder.close()
    assert (answer.status_code, answer.json()["detail"]) == (503, "The brief could not be written in time.")


def test_settings_with_which_a_brief_could_outlast_its_caller_are_refused():
    longest = InsightsSettings(trends_seconds=15, insights_deadline_seconds=120)
    assert longest.brief_seconds == MAX_BRIEF_SECONDS
    with pytest.raises(ValidationError, match="PULSO_INSIGHTS_DEADLINE_SECONDS"):
        InsightsSettings(trends_seconds=15.5, insights_deadline_seconds=120)


async def test_on_both_databases(start_insights, october, database_url):
    insights = await start_insights(trends_url=october.url, database_url=database_url)
    made = await brief(insights, scope=OCTOBER)
    assert (await insights.get(f"/insights/{made['id']}")).json() == made
    [listed] = (await insights.get("/insights")).json()["items"]
    assert listed["id"] == made["id"]


async def test_the_migrations_make_the_tables_of_the_code(database_url):
    database = Database(database_url, application="test")

    def difference(connection):
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)

    await database.migrate(SCRIPTS)
    await database.migrate(SCRIPTS)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()


async def test_more_briefs_at_once_than_desks_are_told_to_come_again(start_insights, october):
    insights = await start_insights(trends_url=october.url, insights_at_once=1)
    answers = await asyncio.gather(*(insights.post("/insights", json={"scope": OCTOBER}) for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert statuses[-1] == 503
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)


async def test_a_brief_about_today_tells_what_changes(insights, trends):
    now = datetime.now(LIMA)
    database = Database(trends.database_url, application="tests")
    for days_ago in range(7 * 13, 0, -1):
        day = now.date() - timedelta(days=days_ago)
        picarones = 9 if days_ago <= 5 else 1
        await trends.add(picarones, day=day, text="Los picarones", region="Arequipa")
        await trends.add(20, day=day, text="Llegó bien", region="Arequipa")
    watch = Watch(database, TaxonomyInUse(), seconds=1, heartbeat=Heartbeat(60))
    while await watch.turn(now):
        pass
    await database.close()
    made = await brief(insights, scope={"region": "Arequipa"})
    [section] = [each for each in made["sections"] if each["heading"] == "Lo que cambia"]
    assert section["sentences"][0]["text"].startswith("Se habla más de picarón (Arequipa): ")
    assert "a lo sumo el 5\N{NO-BREAK SPACE}% es azar" in section["sentences"][-1]["text"]
    facts = {fact["id"]: fact for fact in made["facts"]}
    heard = next(fact for fact in facts.values() if fact["label"] == "comentarios de los últimos días")
    async with httpx.AsyncClient(base_url=trends.url) as client:
        [trend] = (await client.get(heard["query"].removeprefix("/api/v1"))).json()["trends"]
    assert (trend["count"], trend["status"]) == (heard["value"], "rising")
    past = await brief(insights, scope={"region": "Arequipa", "to": str(now.date() - timedelta(days=1))})
    assert "Lo que cambia" not in past["text"]
