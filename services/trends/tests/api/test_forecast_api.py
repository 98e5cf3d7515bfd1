"""GET /trends/forecast and anomalies: the days to come and the days outside, of what was indexed."""

from datetime import UTC, datetime, timedelta

import pytest
from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.store.indexing import index

SCORES = {"positive": 0.8, "neutral": 0.0, "negative": -0.8}


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


@pytest.fixture
def today():
    return day_of_hour(hour_of(datetime.now(UTC)))


@pytest.fixture
def say(database, scored):
    """Indexes so many items of a day, every third of them negative."""

    async def index_items(items_of_days, **fields):
        events = []
        for day, items in items_of_days.items():
            for number in range(items):
                sentiment = fields.get("sentiment", "negative" if (day + number) % 3 == 0 else "positive")
                created = start_of_day(day) + timedelta(hours=9, minutes=number)
                events.append(
                    scored(
                        created_at=created.isoformat(),
                        **(fields | {"sentiment": sentiment, "score": SCORES[sentiment]}),
                    )
                )
        await index(database, events)

    return index_items


def before(today, days, items):
    """The last `days` days that are over, with that many items each."""
    return dict.fromkeys(range(today - days, today), items)


async def test_the_next_fortnight_begins_today_and_leaves_today_out(client, say, today):
    await say(before(today, 40, 3) | {today: 60})
    answer = (await client.get("/trends/forecast")).raise_for_status().json()
    assert (answer["days"], answer["group_by"], answer["truncated"]) == (14, None, False)
    assert answer["history_end"] == start_of_day(today).isoformat()
    [series] = answer["series"]
    assert (series["key"], series["status"], series["busy_days"]) == ("all", "ready", 40)
    starts = [start_of_day(today + number).isoformat() for number in range(14)]
    for measure, least, most in (("volume", 0, 20), ("score", -1, 1)):
        points = series[measure]
        assert [point["start"] for point in points] == starts
        for point in points:
            low95, low80, mean = point["low95"], point["low80"], point["mean"]
            assert least <= low95 <= low80 <= mean <= point["high80"] <= point["high95"] <= most
    assert series["volume"][0]["mean"] == pytest.approx(3, abs=0.5)


async def test_each_group_has_a_forecast_of_its_own_largest_first(client, say, today):
    await say(before(today, 35, 4), region="Lima", product="Chicha")
    await say(before(today, 35, 1), region="Cusco", product="Pollo")
    await say(before(today, 5, 2), region="Puno")
    asked = {"group_by": "region", "days": 3}
    answer = (await client.get("/trends/forecast", params=asked)).raise_for_status().json()
    found = {each["key"]: (each["status"], len(each["volume"])) for each in answer["series"]}
    assert list(found.items()) == [
        ("Lima", ("ready", 3)),
        ("Cusco", ("ready", 3)),
        ("Puno", ("not_enough_data", 0)),
    ]
    assert answer["series"][0]["volume"][0]["mean"] > 2 > answer["series"][1]["volume"][0]["mean"]
    narrowed = (await client.get("/trends/forecast", params=asked | {"product": "Pollo"})).json()
    assert [each["key"] for each in narrowed["series"]] == ["Cusco"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_of_many_groups_the_ten_largest_are_foretold(client, say, today):
    for number in range(12):
        await say({today - 1: number + 1}, product=f"p{number}")
    answer = (await client.get("/trends/forecast", params={"group_by": "product"})).json()
    assert [each["key"] for each in answer["series"]] == [f"p{number}" for number in range(11, 1, -1)]
    assert answer["truncated"] is True


async def test_opinions_on_an_aspect_have_a_forecast(client, say, today):
    await say(before(today, 30, 2), aspects={"entrega": "negative"})
    answer = (await client.get("/trends/forecast", params={"aspect": "entrega", "days": 1})).json()
    assert answer["series"][0]["score"][0]["mean"] == pytest.approx(-0.8, abs=0.01)
    nothing = (await client.get("/trends/forecast", params={"aspect": "precio"})).raise_for_status().json()
    assert nothing["series"][0]["status"] == "not_enough_data"


async def test_a_planted_wave_is_found_with_the_occasions_of_its_day(client, say, today):
    days = {day: 3 + day % 3 for day in range(today - 60, today)} | {today - 10: 60, today: 60}
    await say(days)
    answer = (await client.get("/trends/anomalies")).raise_for_status().json()
    assert (answer["status"], answer["checked_days"], answer["level"]) == ("ready", 30, 0.99)
    assert answer["start"] == start_of_day(today - 30).isoformat()
    assert answer["end"] == start_of_day(today).isoformat()
    [found] = [each for each in answer["anomalies"] if each["measure"] == "volume"]
    assert (found["start"], found["value"]) == (start_of_day(today - 10).isoformat(), 60)
    assert found["low"] <= found["expected"] <= found["high"] < 60
    assert all(set(each) == {"id", "es", "en"} for each in found["occasions"])


async def test_only_days_with_a_past_are_judged(client, say, today):
    await say(before(today, 40, 2))
    asked = {"from": start_of_day(today - 40).isoformat(), "level": 0.8}
    answer = (await client.get("/trends/anomalies", params=asked)).raise_for_status().json()
    assert answer["checked_days"] == 12


async def test_christmas_is_known_as_the_occasion_of_a_wave(client, say):
    christmas = (datetime(2025, 12, 25, 12, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    await say({day: 2 + day % 2 for day in range(christmas - 50, christmas + 1)} | {christmas: 80})
    asked = {"from": "2025-12-25", "to": "2025-12-25"}
    answer = (await client.get("/trends/anomalies", params=asked)).raise_for_status().json()
    assert "navidad" in {each["id"] for each in answer["anomalies"][0]["occasions"]}


async def test_an_empty_database_gives_empty_answers(client):
    answer = (await client.get("/trends/forecast")).raise_for_status().json()
    [series] = answer["series"]
    assert (series["status"], series["history_start"], series["volume"], series["score"]) == (
        "not_enough_data",
        None,
        [],
        [],
    )
    for group in ("region", "channel", "product", "product_category"):
        answer = (await client.get("/trends/forecast", params={"group_by": group})).raise_for_status().json()
        assert answer["series"] == []
    answer = (await client.get("/trends/anomalies")).raise_for_status().json()
    assert (answer["status"], answer["checked_days"], answer["anomalies"]) == ("not_enough_data", 0, [])


REFUSED = [
    ("forecast", {"days": 0}, "days"),
    ("forecast", {"days": 29}, "days"),
    ("forecast", {"group_by": "sentiment"}, "group_by"),
    ("forecast", {"group_by": "aspect"}, "group_by"),
    ("forecast", {"region": "Quito"}, "region"),
    ("anomalies", {"level": 0.79}, "level"),
    ("anomalies", {"level": 1}, "level"),
    ("anomalies", {"level": "nan"}, "level"),
    ("anomalies", {"from": "2026-01-01", "to": "2026-09-01"}, "from"),
    ("anomalies", {"from": "2026-09-02", "to": "2026-09-01"}, "from"),
    ("anomalies", {"from": "yesterday"}, "from"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_question_that_cannot_be_answered_names_its_field(client):
    for path, asked, field in REFUSED:
        refused = await client.get(f"/trends/{path}", params=asked)
        assert refused.status_code == 422, asked
        assert refused.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in refused.json()["errors"]] == [field], asked
