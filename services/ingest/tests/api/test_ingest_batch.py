import json
from collections import Counter

import pytest

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}


def items(count):
    return [{"text": f"Pedido {number}, llegó frío", "channel": "chat"} for number in range(count)]


def lines(values):
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@pytest.mark.parametrize("form", ["array", "ndjson"])
def test_item_500_is_bad_and_999_are_accepted(ingest, form):
    batch = items(1000)
    batch[500]["rating"] = 6
    if form == "array":
        response = ingest.client.post("/feedback/batch", json=batch)
    else:
        response = ingest.client.post("/feedback/batch", content=lines(batch), headers=NDJSON)
    assert response.status_code == 202
    result = response.json()
    assert (result["accepted"], result["duplicates"], result["rejected"]) == (999, 0, 1)
    assert [item["index"] for item in result["items"]] == list(range(1000))
    assert [(item["index"], item["errors"][0]["field"]) for item in result["items"] if item["errors"]] == [
        (500, "rating")
    ]
    assert {event.id for event in ingest.published()} == {
        item["id"] for item in result["items"] if item["id"]
    }


def test_the_same_batch_again_is_all_duplicates(ingest):
    first = ingest.client.post("/feedback/batch", json=items(50)).json()
    again = ingest.client.post("/feedback/batch", json=items(50)).json()
    assert (first["accepted"], again["duplicates"]) == (50, 50)
    assert [item["id"] for item in first["items"]] == [item["id"] for item in again["items"]]
    assert len(ingest.published()) == 50


def test_equal_items_within_a_batch_are_one(ingest):
    result = ingest.client.post("/feedback/batch", json=items(2) + items(2)).json()
    assert Counter(item["status"] for item in result["items"]) == {"accepted": 2, "duplicate": 2}
    assert len(ingest.published()) == 2


def test_bad_lines_are_rejected_by_index(ingest):
    good = lines(items(1)).strip()
    body = b"\xef\xbb\xbf" + b"\n".join(
        [good, b'{"text": "\xff"}', b"", b"{", b"[]", b'"hola"', b'{"a":1,"a":2}']
    )
    result = ingest.client.post("/feedback/batch", content=body, headers=NDJSON).json()
    assert [item["status"] for item in result["items"]] == ["accepted"] + ["rejected"] * 5
    assert result["items"][1]["errors"][0]["message"].startswith("is not valid JSON")
    assert len(ingest.published()) == 1


def test_items_that_are_no_objects_are_rejected(client):
    result = client.post("/feedback/batch", json=[None, 1, "hola", [], *items(1)]).json()
    assert (result["accepted"], result["rejected"]) == (1, 4)


@pytest.mark.parametrize("body", [b"{", b'{"text": "a"}', b"3", b'["\xff"]', b"[" * 9000])
def test_what_is_no_array_is_a_bad_request(client, body):
    assert client.post("/feedback/batch", content=body, headers=JSON).status_code == 400


@pytest.mark.parametrize("kind", [JSON, NDJSON])
def test_1001_items_are_too_many(ingest, kind):
    batch = items(1001)
    body = json.dumps(batch).encode() if kind is JSON else lines(batch)
    assert ingest.client.post("/feedback/batch", content=body, headers=kind).status_code == 413
    assert ingest.published() == []


def test_an_empty_batch_is_no_error(client):
    assert client.post("/feedback/batch", json=[]).json()["items"] == []


def test_many_wrong_names_give_few_errors(client):
    wrong = {f"nombre{number}": 1 for number in range(5000)} | {"n" * 5000: 1}
    [item] = client.post("/feedback/batch", json=[wrong]).json()["items"]
    assert len(item["errors"]) <= 20


def test_other_media_are_refused(client):
    response = client.post("/feedback/batch", content=b"a,b", headers={"content-type": "text/csv"})
    assert response.status_code == 415
