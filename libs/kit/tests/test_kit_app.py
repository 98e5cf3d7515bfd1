import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pulso_contracts.problems import PROBLEM_MEDIA_TYPE
from pulso_kit.app import create_app
from pulso_kit.errors import NotFound, Unavailable
from pulso_kit.health import Health, Heartbeat, Unhealthy
from pulso_kit.settings import ServiceSettings
from pydantic import BaseModel, Field, SecretStr

SECRET_TEXT = "el ceviche de doña Rosa"


class Body(BaseModel):
    rating: int = Field(ge=1, le=5)
    text: str = ""


def make_router() -> APIRouter:
    router = APIRouter()

    @router.post("/echo")
    async def echo(body: Body) -> Body:
        return body

    @router.get("/missing")
    async def missing() -> None:
        raise NotFound("No item has this id.")

    @router.get("/busy")
    async def busy() -> None:
        raise Unavailable("The stream is full.", retry_after=1.2)

    @router.get("/broken")
    async def broken() -> None:
        raise ValueError(SECRET_TEXT)

    return router


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


def make_app(health: Health | None = None, **settings: object) -> FastAPI:
    return create_app(
        service="test",
        settings=ServiceSettings(port=8099, **settings),
        health=health or Health(),
        routers=[make_router()],
        lifespan=no_lifespan,
    )


def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_a_broken_rule_names_the_field_and_not_the_value() -> None:
    async with client(make_app()) as http:
        answer = await http.post("/echo", json={"rating": 77})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    problem = answer.json()
    assert problem["type"] == "urn:pulso:problem:malformed"
    assert [error["field"] for error in problem["errors"]] == ["rating"]
    assert "77" not in answer.text


@pytest.mark.parametrize("body", [b"{", b'{"rating": 1, "text": "\xff\xfe"}'])
async def test_a_body_that_is_not_json_is_a_bad_request(body: bytes) -> None:
    async with client(make_app()) as http:
        answer = await http.post("/echo", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:pulso:problem:bad-request"


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/missing", 404, "not-found"),
        ("GET", "/nowhere", 404, "not-found"),
        ("DELETE", "/echo", 405, "method-not-allowed"),
        ("GET", "/busy", 503, "unavailable"),
        ("GET", "/broken", 500, "internal"),
    ],
)
async def test_every_error_is_a_problem_document(method: str, path: str, status: int, slug: str) -> None:
    async with client(make_app()) as http:
        answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert answer.json()["type"] == f"urn:pulso:problem:{slug}"
    assert answer.json()["status"] == status


async def test_retry_after_is_whole_seconds_rounded_up() -> None:
    async with client(make_app()) as http:
        answer = await http.get("/busy")
    assert answer.headers["retry-after"] == "2"


async def test_a_well_formed_request_id_is_kept_and_a_forged_one_replaced() -> None:
    async with client(make_app()) as http:
        kept = await http.get("/missing", headers={"x-request-id": "abc-12345"})
        forged = await http.get("/missing", headers={"x-request-id": "x" * 200})
    assert kept.headers["x-request-id"] == "abc-12345"
    assert len(forged.headers["x-request-id"]) == 20


async def test_a_body_over_the_limit_is_refused_whether_or_not_it_tells_its_length() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 512

    async with client(make_app(max_body_bytes=2048)) as http:
        declared = await http.post("/echo", content=b"x" * 4096)
        streamed = await http.post("/echo", content=chunks())
        small = await http.post("/echo", json={"rating": 3})
    assert declared.status_code == 413
    assert streamed.status_code == 413
    assert streamed.json()["type"] == "urn:pulso:problem:too-large"
    assert small.status_code == 200


async def test_the_internal_token_closes_all_but_probes_and_metrics() -> None:
    app = make_app(internal_token=SecretStr("a-token-of-this-one-stack"))
    async with client(app) as http:
        closed = await http.get("/missing")
        wrong = await http.get("/missing", headers={"x-pulso-internal": "ñ".encode()})
        opened = await http.get("/missing", headers={"x-pulso-internal": "a-token-of-this-one-stack"})
        probes = [(await http.get(path)).status_code for path in ("/healthz", "/readyz", "/metrics")]
    assert (closed.status_code, wrong.status_code, opened.status_code) == (401, 401, 404)
    assert probes == [200, 200, 200]


@pytest.mark.parametrize("held", ["old-token-of-a-stack,new-token-of-a-stack", "new-token-of-a-stack , ,"])
async def test_a_token_is_changed_by_accepting_two_and_sending_the_first(held: str) -> None:
    app = make_app(internal_token=SecretStr(held))
    async with client(app) as http:
        answers = {
            token: (await http.get("/missing", headers={"x-pulso-internal": token})).status_code
            for token in ("old-token-of-a-stack", "new-token-of-a-stack", "", held)
        }
    accepted = {token for token, status in answers.items() if status == 404}
    assert accepted == {token.strip() for token in held.split(",")} - {""}


async def test_readiness_tells_each_outcome_and_liveness_stays_good() -> None:
    health = Health()

    async def fine() -> None:
        return

    async def down() -> None:
        raise Unhealthy("stream unreachable")

    health.add_readiness("model", fine)
    health.add_readiness("stream", down)
    async with client(make_app(health)) as http:
        ready, alive = await http.get("/readyz"), await http.get("/healthz")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {"draining": "ok", "model": "ok", "stream": "stream unreachable"}
    assert alive.status_code == 200


async def test_a_check_that_hangs_or_fails_oddly_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulso_kit.health.CHECK_TIMEOUT_SECONDS", 0.01)
    health = Health()

    async def hangs() -> None:
        await asyncio.Event().wait()

    async def odd() -> None:
        raise KeyError(SECRET_TEXT)

    health.add_readiness("hangs", hangs)
    health.add_readiness("odd", odd)
    async with client(make_app(health)) as http:
        answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["odd"] == "KeyError"
    assert answer.json()["checks"]["hangs"].startswith("no answer within")


async def test_a_heart_that_stopped_fails_its_check() -> None:
    heartbeat = Heartbeat(max_age=-1.0)
    with pytest.raises(Unhealthy):
        await heartbeat.check()
    alive = Heartbeat(max_age=60.0)
    alive.beat()
    await alive.check()


async def test_draining_takes_readiness_away() -> None:
    health = Health()
    async with client(make_app(health)) as http:
        before = await http.get("/readyz")
        health.draining.set()
        after = await http.get("/readyz")
    assert (before.status_code, after.status_code) == (200, 503)
