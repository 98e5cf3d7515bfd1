"""Who may come in: keys as their owners and administrators meet them, on SQLite and PostgreSQL."""

import asyncio
import re
import sqlite3

import pytest
from pulso_gateway.domain.api_keys import new_key, parse_key

KEYS = "/api/v1/keys"
SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCD"


async def make_key(gateway, role="reader", name="tests"):
    answer = await gateway.post(KEYS, json={"role": role, "name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_new_key_has_the_form_that_is_read_back():
    keys = [new_key() for _ in range(50)]
    assert all(re.fullmatch(r"pulso_[a-z0-9]{8}_[A-Za-z0-9]{40}", key.text) for key in keys)
    assert all(parse_key(key.text) == key for key in keys)
    assert len({key.text for key in keys}) == 50
    assert SECRET not in repr(parse_key(f"pulso_abcdefgh_{SECRET}"))


@pytest.mark.parametrize("text", ["", "pulso", "pulso_ABCDEFGH_" + SECRET, "pulso_abcdefgh_short", SECRET])
def test_other_forms_are_no_keys(text):
    assert parse_key(text) is None


async def test_the_life_of_a_key(start_gateway, database_url):
    gateway = await start_gateway(database_url=database_url)
    made = await make_key(gateway, name="encuestas de Cusco")
    asks = {"X-API-Key": made["key"]}
    assert (await gateway.get("/api/v1/feedback", headers=asks)).status_code == 202

    [listed] = (await gateway.get(KEYS)).json()["items"]
    assert "key" not in listed
    assert "digest" not in listed
    assert listed["name"] == "encuestas de Cusco"
    assert listed["created_by"] == "bootstrap"
    assert listed["last_used_at"] is not None

    revoked = (await gateway.delete(f"{KEYS}/{made['id']}")).json()
    assert revoked["revoked_at"] is not None
    refused = await gateway.get("/api/v1/feedback", headers=asks)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert "revoked" in refused.json()["detail"]
    assert (await gateway.delete(f"{KEYS}/{made['id']}")).json() == revoked


async def test_pages_of_keys(start_gateway, database_url):
    gateway = await start_gateway(database_url=database_url)
    made = [(await make_key(gateway))["id"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = (await gateway.get(KEYS, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [key["id"] for key in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    answer = await gateway.get(KEYS, params={"cursor": "nothere1"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-API-Key": ""}, 401),
        ({"X-API-Key": "guess"}, 401),
        ({"X-API-Key": f"pulso_abcdefgh_{SECRET}"}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": f"Bearer pulso_abcdefgh_{SECRET}"}, 401),
    ],
)
async def test_wrong_keys(gateway, headers, status):
    del gateway.headers["X-API-Key"]
    answer = await gateway.get("/api/v1/feedback", headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_known_id_with_another_secret_tells_nothing_of_the_key(gateway):
    made = await make_key(gateway)
    await gateway.delete(f"{KEYS}/{made['id']}")
    answer = await gateway.get("/api/v1/feedback", headers={"X-API-Key": f"pulso_{made['id']}_{SECRET}"})
    assert answer.status_code == 401
    assert "revoked" not in answer.json()["detail"]


async def test_both_headers_are_read(gateway):
    key = (await make_key(gateway))["key"]
    del gateway.headers["X-API-Key"]
    for headers in (
        {"Authorization": f"Bearer {key}"},
        {"authorization": f"bearer {key}"},
        {"X-API-Key": key},
    ):
        assert (await gateway.get("/api/v1/feedback", headers=headers)).status_code == 202


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("reader", {"GET /feedback"}),
        ("writer", {"POST /feedback"}),
        ("admin", {"GET /feedback", "POST /feedback", "GET /keys"}),
    ],
)
async def test_roles(gateway, role, allowed):
    headers = {"X-API-Key": (await make_key(gateway, role))["key"]}
    answers = {}
    for request in ("GET /feedback", "POST /feedback", "GET /keys"):
        method, path = request.split()
        answers[request] = (await gateway.request(method, f"/api/v1{path}", headers=headers)).status_code
    assert {request for request, status in answers.items() if status < 300} == allowed
    assert {status for request, status in answers.items() if request not in allowed} <= {403}


@pytest.mark.parametrize(
    ("role", "refused"),
    [("reader", {"POST /sales"}), ("writer", {"GET /trends/sales"}), ("admin", set())],
)
async def test_writers_send_sales_and_readers_ask_about_them(gateway, role, refused):
    headers = {"X-API-Key": (await make_key(gateway, role))["key"]}
    answers = {}
    for request in ("POST /sales", "GET /trends/sales"):
        method, path = request.split()
        answers[request] = (await gateway.request(method, f"/api/v1{path}", headers=headers)).status_code
    assert {request for request, status in answers.items() if status == 403} == refused


async def test_a_key_revoked_elsewhere_ends_here_soon(start_gateway, monkeypatch):
    monkeypatch.setattr("pulso_gateway.access.verifier.MEMORY_SECONDS", 0.05)
    here, there = await start_gateway(), await start_gateway()
    headers = {"X-API-Key": (await make_key(there))["key"]}
    assert (await here.get("/api/v1/feedback", headers=headers)).status_code == 202
    await there.delete(f"{KEYS}/{headers['X-API-Key'].split('_')[1]}")
    async with asyncio.timeout(5):
        while (await here.get("/api/v1/feedback", headers=headers)).status_code != 401:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)


async def test_the_database_holds_no_key(gateway, tmp_path):
    made = await make_key(gateway)
    with sqlite3.connect(tmp_path / "keys.db") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert made["id"] in dump
    assert made["key"].split("_")[2] not in dump


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "role"),
        ({"role": "king", "name": "x"}, "role"),
        ({"role": "reader", "name": ""}, "name"),
        ({"role": "reader", "name": "x" * 101}, "name"),
        ({"role": "reader", "name": "x", "digest": "y"}, "digest"),
    ],
)
async def test_malformed_wishes_name_the_field(gateway, body, field):
    answer = await gateway.post(KEYS, json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_nothing_of_a_stranger_is_read(gateway):
    del gateway.headers["X-API-Key"]
    assert (await gateway.post(KEYS, content=b"{broken")).status_code == 401


async def test_keys_that_cannot_be_revoked(gateway):
    assert (await gateway.delete(f"{KEYS}/nothere1")).status_code == 404
    assert (await gateway.delete(f"{KEYS}/bootstrap")).status_code == 409


async def test_without_the_database_known_keys_work_on_and_others_are_told_to_wait(
    start_gateway, postgres, monkeypatch
):
    monkeypatch.setattr("pulso_gateway.access.verifier.MEMORY_SECONDS", 0.02)
    url = postgres.create_database()
    gateway = await start_gateway(database_url=url)
    open_without = await start_gateway(database_url=url, ready_requires="ingest")
    known, other = (await make_key(gateway))["key"], (await make_key(gateway))["key"]
    assert (await gateway.get("/api/v1/feedback", headers={"X-API-Key": known})).status_code == 202
    postgres.drop_database(url)
    for _ in range(3):  # longer than a key is usually remembered
        assert (await gateway.get("/api/v1/feedback", headers={"X-API-Key": known})).status_code == 202
        await asyncio.sleep(0.03)
    refused = await gateway.get("/api/v1/feedback", headers={"X-API-Key": other})
    assert refused.status_code == 503
    assert "retry-after" in refused.headers
    assert (await gateway.get("/readyz")).status_code == 503
    assert (await open_without.get("/readyz")).status_code == 200

    monkeypatch.setattr("pulso_gateway.access.verifier.OUTAGE_SECONDS", 0.0)
    await asyncio.sleep(0.03)
    assert (await gateway.get("/api/v1/feedback", headers={"X-API-Key": known})).status_code == 503
