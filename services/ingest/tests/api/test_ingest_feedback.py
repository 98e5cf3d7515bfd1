import pytest

JSON = {"content-type": "application/json"}


def item(**fields):
    return {"text": "Rico el ceviche", "channel": "review"} | fields


def wrong_fields(response):
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:pulso:problem:malformed"
    return [error["field"] for error in response.json()["errors"]]


def test_an_accepted_item_is_in_the_stream(ingest):
    response = ingest.client.post("/feedback", json=item(region="Cuzco", customer_id="ana"))
    assert response.status_code == 202
    [event] = ingest.published()
    assert response.json() == {"id": event.id, "status": "accepted", "warnings": []}
    assert (event.text, event.region, event.language) == ("Rico el ceviche", "Cusco", "es")
    assert event.customer is not None
    assert "ana" not in event.customer


def test_the_same_again_is_a_duplicate(ingest):
    first, again = (
        ingest.client.post("/feedback", json=item(source="app", external_id="7")).json() for _ in "12"
    )
    assert (first["status"], again["status"]) == ("accepted", "duplicate")
    assert first["id"] == again["id"]
    assert len(ingest.published()) == 1


def test_an_unknown_department_is_kept_as_null_and_told(ingest):
    response = ingest.client.post("/feedback", json=item(region="Narnia", text="al 987654321"))
    assert response.json()["warnings"] == ["unknown_region", "redacted"]
    [event] = ingest.published()
    assert event.region is None
    assert event.text == "al [phone]"
    assert event.flags == ["redacted", "unknown_region"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n "}, "text"),
        ({"text": "<br>&nbsp;"}, "text"),
        ({"text": "\u200b\u3164"}, "text"),
        ({"text": "\x00"}, "text"),
        ({"text": "a" * 5001}, "text"),
        ({"text": 5}, "text"),
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": 10**30}, "rating"),
        ({"created_at": "2999-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "0001-01-01T00:00:00+05:00"}, "created_at"),
        ({"created_at": "2026-11-01T13:30:00"}, "created_at"),
        ({"channel": "telepathy"}, "channel"),
        ({"chanel": "review"}, "chanel"),
        ({"metadata": {str(number): 1 for number in range(21)}}, "metadata"),
        ({"metadata": {"mesa": [1]}}, "metadata.mesa"),
        ({"metadata": {"m" * 65: 1}}, f"metadata.{'m' * 51}"),
        ({"ana@x.pe": 1}, "[email]"),
    ],
)
def test_a_wrong_field_is_named(ingest, fields, field):
    assert wrong_fields(ingest.client.post("/feedback", json=item(**fields))) == [field]
    assert ingest.published() == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_named(client, number):
    body = f'{{"text": "Rico", "channel": "review", "rating": {number}}}'
    assert wrong_fields(client.post("/feedback", content=body, headers=JSON)) == ["rating"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\xff\xfe", "channel": "review"}',
        b'{"text": "\\ud800", "channel": "review"}',
        b'{"text": "Rico", "text": "Feo", "channel": "review"}',
        b'{"text": "Rico"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"rating": 1' + b"0" * 5000 + b"}",
    ],
    ids=[
        "invalid utf-8",
        "lone surrogate",
        "repeated name",
        "cut off",
        "deep list",
        "deep object",
        "huge",
    ],
)
def test_what_is_no_json_is_a_bad_request(ingest, body):
    response = ingest.client.post("/feedback", content=body, headers=JSON)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert ingest.published() == []


def test_nothing_of_a_bad_text_comes_back(client):
    response = client.post("/feedback", json=item(text="secreto " * 800, channel="secreto"))
    assert "secreto" not in response.text


@pytest.mark.parametrize("text", ["😋👍🏽", "👨\u200d👩\u200d👧", "1️⃣"])
def test_only_emojis_are_accepted(ingest, text):
    assert ingest.client.post("/feedback", json=item(text=text)).status_code == 202
    assert [event.text for event in ingest.published()] == [text]


def test_nuls_and_5000_characters_are_accepted(ingest):
    assert ingest.client.post("/feedback", json=item(text="a\x00b")).status_code == 202
    assert ingest.client.post("/feedback", json=item(text="a" * 5000)).status_code == 202
    assert sorted(len(event.text) for event in ingest.published()) == [3, 5000]


def test_other_media_are_refused(client):
    assert client.post("/feedback", data={"text": "Rico"}).status_code == 415


def test_a_body_over_the_limit_is_refused(client):
    response = client.post("/feedback", content=b" " * (8 * 1024 * 1024 + 1), headers=JSON)
    assert response.status_code == 413
    assert response.json()["type"] == "urn:pulso:problem:too-large"


def test_metrics_count_what_became_of_items(client):
    def counted(line):
        for found in client.get("/metrics").text.splitlines():
            if found.startswith(line):
                return float(found.rpartition(" ")[2])
        return 0.0

    lines = (
        'pulso_ingest_items_total{channel="market",status="accepted"}',
        'pulso_ingest_items_total{channel="market",status="duplicate"}',
        'pulso_ingest_rejected_items_total{field="rating"}',
        'pulso_ingest_redactions_total{kind="email"}',
        "pulso_ingest_unknown_regions_total",
    )
    before = [counted(line) for line in lines]
    for fields in (
        {"text": "ana@x.pe", "region": "Narnia"},
        {"text": "ana@x.pe", "region": "Narnia"},
        {"rating": 9},
    ):
        client.post("/feedback", json=item(channel="market", **fields))
    assert [counted(line) - past for line, past in zip(lines, before, strict=True)] == [1, 1, 1, 1, 1]


def test_no_customer_text_reaches_the_log(ingest):
    ingest.client.post("/feedback", json=item(text="palabrarisima", customer_id="clientisimo"))
    ingest.client.post("/feedback", json=item(text="palabrarisima", rating=9, region="regionisima"))
    assert ingest.client.get("/healthz").status_code == 200
    assert "isim" not in ingest.log.read_text()


def test_openapi_shows_the_bodies(client):
    document = client.get("/openapi.json").json()
    assert document["components"]["schemas"]["FeedbackIn"]["required"] == ["text", "channel"]
    batch = document["paths"]["/feedback/batch"]["post"]["requestBody"]["content"]
    assert set(batch) == {"application/json", "application/x-ndjson"}
    assert "multipart/form-data" in document["paths"]["/imports"]["post"]["requestBody"]["content"]
