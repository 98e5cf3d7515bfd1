"""One piece of feedback on its whole way, as a client with an API key sees it."""

import gzip
import json

import httpx
import pytest

pytestmark = pytest.mark.timeout(300)  # starting whole stacks, maybe beside other tests

TEXT = "El ceviche estuvo excelente, pero el delivery llegó tarde. Escríbanme a ana@correo.pe o al 987654321"


def test_posted_feedback_is_found_scored_redacted_and_counted(stack, eventually):
    with stack.api() as api:
        item = {"text": TEXT, "channel": "review", "region": "cuzco", "product": "flow-one", "rating": 4}
        answer = api.post("/feedback", json=item)
        assert answer.status_code == 202
        found = eventually(lambda: api.get("/feedback", params={"product": "flow-one"}).json()["items"])
        (kept,) = found
        assert kept["id"] == answer.json()["id"]
        assert kept["region"] == "Cusco"
        assert "ana@correo.pe" not in kept["text"]
        assert "987654321" not in kept["text"]
        assert "redacted" in kept["flags"]
        assert {found["aspect"] for found in kept["aspects"]} >= {"entrega"}
        series = api.get("/trends/sentiment", params={"product": "flow-one", "group_by": "region"}).json()
        assert [(one["key"], one["total"]["count"]) for one in series["series"]] == [("Cusco", 1)]


@pytest.mark.slow
def test_shares_are_corrected_by_the_confusion_of_the_model_that_scores(start, eventually):
    with start(model=None).wait().api() as api:
        items = [
            {"text": f"Muy rico el plato {n}", "channel": "review", "product": "flow-shares"}
            for n in range(9)
        ]
        api.post("/feedback/batch", json=items).raise_for_status()
        params = {"product": "flow-shares"}
        answer = eventually(
            lambda: (
                (found := api.get("/trends/sentiment", params=params).json())["corrected_by"]
                and found["series"][0]["total"]["count"] == 9
                and found
            )
        )
        positive = answer["series"][0]["total"]["corrected"]["positive"]
        assert 0 <= positive["low"] <= positive["share"] <= positive["high"] <= 1
        assert positive["high"] > 0.5


def test_what_people_talk_about_is_counted_and_a_reader_may_not_add_to_it(stack):
    with stack.api() as admin:
        concept = {"id": "plato_flow", "es": "plato fluvial", "en": "river dish"}
        assert admin.post("/taxonomy", json={"concepts": [concept]}).status_code == 202
        dishes = admin.get("/taxonomy", params={"kind": "term"}).json()["concepts"]
        assert [dish["id"] for dish in dishes if dish["added"]] == ["plato_flow"]
        trends = admin.get("/trends/emerging").json()
        assert trends["false_share"] == 0.05
        made = admin.post("/keys", json={"name": "lector", "role": "reader"}).json()
        with stack.api(made["key"]) as reader:
            assert reader.get("/trends/emerging").status_code == 200
            assert reader.post("/taxonomy", json={"concepts": [concept]}).status_code == 403


def test_sending_again_changes_nothing(stack, eventually):
    items = [
        {"text": "Rico", "channel": "chat", "product": "flow-twice", "source": "app", "external_id": "7"},
        {"text": "Rico", "channel": "chat", "product": "flow-twice", "source": "app", "external_id": "7"},
        {"text": "", "channel": "chat"},
    ]
    with stack.api() as api:
        first = api.post("/feedback/batch", json=items).json()
        assert [one["status"] for one in first["items"]] == ["accepted", "duplicate", "rejected"]
        again = api.post("/feedback", json=items[0]).json()
        assert again == {"id": first["items"][0]["id"], "status": "duplicate", "warnings": []}
        eventually(lambda: api.get("/feedback", params={"product": "flow-twice"}).json()["items"])
        series = api.get("/trends/sentiment", params={"product": "flow-twice"}).json()["series"]
        assert series[0]["total"]["count"] == 1


def test_roles_and_revocation(stack):
    with stack.api() as admin:
        made = admin.post("/keys", json={"name": "panel", "role": "reader"}).json()
        with stack.api(made["key"]) as reader:
            assert reader.get("/trends/status").status_code == 200
            refused = reader.post("/feedback", json={"text": "Rico", "channel": "chat"})
            assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
            admin.delete(f"/keys/{made['id']}").raise_for_status()
            assert reader.get("/trends/status").status_code in {401, 403}
    with httpx.Client(base_url=stack.url) as nobody:
        assert nobody.get("/api/v1/trends/status").status_code == 401
        assert nobody.get("/").status_code == 200
        by_header = nobody.get("/api/v1/trends/status", headers={"X-API-Key": stack.key})
        assert by_header.status_code == 200


def test_an_import_in_spanish_with_gzip_becomes_series(stack, eventually):
    rows = "\n".join(f"2026-11-0{day};Un año buenísimo {day};email;flow-import" for day in range(1, 8))
    body = gzip.compress(f"fecha;comentario;canal;producto\n{rows}\n".encode("latin-1"))
    with stack.api() as api:
        job = api.post("/imports", content=body, params={"filename": "feedback.csv.gz"}).json()
        done = eventually(
            lambda: (j := api.get(f"/imports/{job['id']}").json())["state"] == "completed" and j
        )
        assert (done["accepted"], done["rejected"]) == (7, 0)
        params = {"product": "flow-import", "from": "2026-11-01", "to": "2026-11-07", "bucket": "day"}

        def counts() -> list[int]:
            series = api.get("/trends/sentiment", params=params).json()["series"]
            return [point["count"] for point in series[0]["points"]] if series else []

        eventually(lambda: counts() == [1] * 7)
        items = api.get("/feedback", params={"product": "flow-import"}).json()["items"]
        assert {item["text"] for item in items} == {f"Un año buenísimo {day}" for day in range(1, 8)}


def test_every_service_speaks_through_one_openapi(stack):
    document = httpx.get(f"{stack.url}/openapi.json", timeout=30).json()
    for path in (
        "/feedback",
        "/imports",
        "/sentiment",
        "/trends/sentiment",
        "/trends/emerging",
        "/taxonomy",
        "/live",
        "/insights",
        "/keys",
    ):
        assert f"/api/v1{path}" in document["paths"], path


def test_logs_carry_the_request_id_through_the_stream_and_no_text(stack, eventually):
    with stack.api() as api:
        api.post(
            "/feedback",
            json={"text": "Inconfundible zarzamora", "channel": "chat", "product": "flow-log"},
            headers={"X-Request-Id": "e2e-request-0001"},
        ).raise_for_status()
        eventually(lambda: api.get("/feedback", params={"product": "flow-log"}).json()["items"])
    logs = {path.stem: path.read_text() for path in (stack.root / "logs").glob("*.log")}
    for name in ("gateway", "ingest"):
        assert any(
            json.loads(line).get("request_id") == "e2e-request-0001" for line in logs[name].splitlines()
        )
    assert not any("zarzamora" in text for text in logs.values())
    assert not any(stack.key in text for text in logs.values())
