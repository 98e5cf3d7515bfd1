"""One document for all services: complete, without collisions, and honest about who is missing."""

from pulso_gateway.domain.openapi import merge
from pulso_gateway.domain.routes import ROUTES, Service
from pulso_gateway.upstream import openapi as served


def document(path, method, schema, **components):
    answer = {
        "200": {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}
    }
    operation = {"operationId": "do", "responses": answer}
    return {"paths": {path: {method: operation}}, "components": {"schemas": components}}


def merged(**services):
    given = {service: services.get(service) for service in Service}
    return merge({"openapi": "3.1.0", "paths": {}}, given, ROUTES)


def test_only_what_is_in_the_table_is_told_and_under_its_public_path():
    inner = document("/feedback/{id}", "get", "Item", Item={"type": "object"})
    inner["paths"]["/internal/reindex"] = {"post": {"operationId": "secret"}}
    inner["paths"]["/feedback/{id}"]["delete"] = {"operationId": "secret"}
    result = merged(trends=inner)
    assert list(result["paths"]) == ["/api/v1/feedback/{feedback_id}"]
    operations = result["paths"]["/api/v1/feedback/{feedback_id}"]
    assert list(operations) == ["get"]
    assert operations["get"]["operationId"] == "trends_do"
    assert operations["get"]["tags"] == ["trends"]
    assert {"401", "403", "404", "429", "502", "503", "504"} <= operations["get"]["responses"].keys()
    assert "415" not in operations["get"]["responses"]


def test_parameters_take_the_name_of_the_public_path():
    inner = document("/feedback/{id}", "get", "Item", Item={})
    inner["paths"]["/feedback/{id}"]["get"]["parameters"] = [
        {"name": "id", "in": "path"},
        {"name": "id", "in": "query"},
    ]
    operation = merged(trends=inner)["paths"]["/api/v1/feedback/{feedback_id}"]["get"]
    assert [(each["name"], each["in"]) for each in operation["parameters"]] == [
        ("feedback_id", "path"),
        ("id", "query"),
    ]


def test_two_schemas_of_one_name_are_kept_apart_and_equal_ones_are_joined():
    same = {"type": "string"}
    ingest = document("/feedback", "post", "Answer", Answer={"type": "object"}, Same=same)
    trends = document(
        "/feedback", "get", "Answer", Answer={"items": {"$ref": "#/components/schemas/Same"}}, Same=same
    )
    result = merged(ingest=ingest, trends=trends)
    assert set(result["components"]["schemas"]) == {"Answer", "TrendsAnswer", "Same"}
    answers = {
        method: operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition(
            "/"
        )[2]
        for method, operation in result["paths"]["/api/v1/feedback"].items()
    }
    assert answers == {"post": "Answer", "get": "TrendsAnswer"}


def test_who_is_missing_is_told():
    assert merged(trends=document("/feedback", "get", "X", X={}))["x-pulso-missing"] == [
        "ingest",
        "insights",
        "sentiment",
    ]


async def test_the_served_document(gateway):
    answer = (await gateway.get("/openapi.json")).json()
    assert "/api/v1/feedback" in answer["paths"]
    assert {"post", "get"} <= answer["paths"]["/api/v1/keys"].keys()
    assert answer["x-pulso-missing"] == []
    assert {scheme["type"] for scheme in answer["components"]["securitySchemes"].values()} == {
        "http",
        "apiKey",
    }
    assert "/readyz" not in answer["paths"]


async def test_a_service_is_told_of_when_it_comes_and_after_it_went(start_gateway, upstream, monkeypatch):
    monkeypatch.setattr(served, "INCOMPLETE_SECONDS", 0.0)
    monkeypatch.setattr(served, "COMPLETE_SECONDS", 0.0)
    gateway = await start_gateway()
    missing = []
    for upstream.documented in (False, True, False):
        missing.append((await gateway.get("/openapi.json")).json()["x-pulso-missing"])
    assert missing == [["ingest", "insights", "sentiment", "trends"], [], []]
