"""CSV through the gateway, from a real trends service: a spreadsheet fetches what the service told."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from pulso_trends.app import build_app
from pulso_trends.settings import TrendsSettings
from pulso_trends.store.indexing import index

from tests.fixtures.serving import serving

CSV = {"Accept": "text/csv, application/json;q=0.5"}
NOON = datetime(2026, 11, 10, 17, tzinfo=UTC)


def scored(number):
    return FeedbackScored.model_validate(
        {
            "id": f"{number:032x}",
            "accepted_at": NOON,
            "created_at": NOON + timedelta(minutes=number),
            "scored_at": NOON,
            "text": f"=ají {number}",
            "channel": "review",
            "language": "es",
            "product": "ají de gallina",
            "sentiment": "positive",
            "probabilities": {"negative": 0.1, "neutral": 0.1, "positive": 0.8},
            "score": 0.7,
            "aspects": [],
            "model_version": "test",
        }
    )


@pytest.fixture
async def trends_url(redis_url, tmp_path):
    url = f"sqlite:///{tmp_path}/trends.db"
    async with serving(
        build_app(TrendsSettings(database_url=url, redis_url=redis_url, role="api"))
    ) as served:
        database = Database(url, application="tests")
        await index(database, [scored(number) for number in range(5)])
        await database.close()
        yield served


async def test_links_lead_through_all_pages_at_the_gateway(start_gateway, trends_url):
    gateway = await start_gateway(trends_url=trends_url)
    rows, target = [], "/api/v1/feedback?limit=2&product=aj%C3%AD%20de%20gallina"
    while target is not None:
        answer = (await gateway.get(target, headers=CSV)).raise_for_status()
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="pulso-feedback.csv"'
        assert (answer.headers["vary"], answer.headers["cache-control"]) == ("Accept", "no-store")
        rows += csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
        target = answer.url.join(answer.links["next"]["url"]) if "next" in answer.links else None
    assert [row["text"] for row in rows] == [f"'=ají {number}" for number in (4, 3, 2, 1, 0)]


async def test_json_stays_the_default_and_other_forms_are_refused(start_gateway, trends_url):
    gateway = await start_gateway(trends_url=trends_url)
    assert len((await gateway.get("/api/v1/feedback")).json()["items"]) == 5
    refused = await gateway.get("/api/v1/feedback", headers={"Accept": "text/html"})
    assert (refused.status_code, refused.headers["content-type"]) == (406, "application/problem+json")
    keys = await gateway.get("/api/v1/keys", headers=CSV)
    assert (keys.status_code, keys.headers["vary"]) == (200, "Accept")
    assert keys.content.decode("utf-8-sig").startswith("id,name,role,created_at,")


async def test_the_merged_document_tells_of_tables(start_gateway, trends_url):
    gateway = await start_gateway(trends_url=trends_url)
    paths = (await gateway.get("/openapi.json")).json()["paths"]
    for path in ("/feedback", "/taxonomy", "/trends/emerging", "/trends/sentiment", "/keys"):
        responses = paths[f"/api/v1{path}"]["get"]["responses"]
        assert responses["200"]["content"].keys() == {"application/json", "text/csv"}, path
        assert responses["406"]["content"]["application/problem+json"]["schema"] == {
            "$ref": "#/components/schemas/Problem"
        }
