"""What passes through the gateway, what does not, and what a caller is told when a service fails."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from pulso_gateway.api import proxy

from tests.fixtures.serving import free_address

PROBLEM = "application/problem+json"


async def test_a_request_reaches_its_service_without_what_belongs_to_the_gateway(gateway, upstream):
    answer = await gateway.post(
        "/api/v1/feedback?a=1&a=%C3%B1",
        content="una estafa",
        headers={
            "X-Pulso-Internal": "guess", "X-Pulso-Other": "x", "X-Forwarded-For": "8.8.8.8", "Cookie": "a=b",
            "Connection": "keep-alive, X-Mine", "X-Mine": "1", "Content-Type": "text/plain",
            "X-Request-Id": "caller-chosen-1",
        },
    )  # fmt: skip
    assert answer.status_code == 202
    assert upstream.target == "/feedback?a=1&a=%C3%B1"
    assert upstream.body == b"una estafa"
    assert upstream.headers["content-type"] == "text/plain"
    assert upstream.headers["x-request-id"] == "caller-chosen-1" == answer.headers["x-request-id"]
    inner = {"x-api-key", "x-pulso-internal", "x-pulso-other", "x-forwarded-for", "cookie", "x-mine"}
    assert not inner & upstream.headers.keys()
    assert answer.headers["x-note"] == "kept"
    assert not {"x-hop", "x-pulso-internal"} & answer.headers.keys()


async def test_the_internal_token_is_added(start_gateway, upstream):
    gateway = await start_gateway(internal_token="t" * 24)
    await gateway.get("/api/v1/feedback")
    assert upstream.headers["x-pulso-internal"] == "t" * 24

    gateway = await start_gateway(internal_token=f"{'n' * 24},{'t' * 24}")
    await gateway.get("/api/v1/feedback")
    assert upstream.headers["x-pulso-internal"] == "n" * 24


async def test_explanations_are_asked_of_sentiment(gateway, upstream):
    answer = await gateway.post("/api/v1/sentiment/explain", json={"text": "rico"})
    assert answer.status_code == 202
    assert (upstream.target, upstream.body) == ("/sentiment/explain?", b'{"text":"rico"}')


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/feedback",
        "/api/v1/readyz",
        "/api/v1/feedback/..%2f..%2freadyz",
        "/api/v1/feedback/%2e%2e",
        "/api/v1/feedback/a%00b",
        "/api/v1/http://example.com/",
        "/api/v1//feedback",
        "/assets/..%2fstatus.html",
    ],
)
async def test_what_is_not_in_the_table_is_not_found(gateway, upstream, path):
    answer = await gateway.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert upstream.target == ""


async def test_a_method_that_is_not_in_the_table_is_not_allowed(gateway):
    answer = await gateway.put("/api/v1/feedback", content=b"{}")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)
    assert answer.headers["allow"] == "GET, POST"


async def test_an_upload_reaches_the_service_while_it_is_being_sent(gateway, upstream):
    async def file():
        yield b"first"
        await asyncio.wait_for(upstream.arrived.wait(), 5)
        yield b"second"

    answer = await gateway.post("/api/v1/imports", content=file())
    assert answer.json() == {"bytes": len(b"firstsecond")}


async def test_an_upload_has_a_limit_of_its_own(start_gateway):
    gateway = await start_gateway(max_body_bytes=1024, max_upload_bytes=10_000)

    async def file(pieces):
        for _ in range(pieces):
            yield b"x" * 1000

    assert (await gateway.post("/api/v1/imports", content=file(9))).json() == {"bytes": 9_000}
    assert (await gateway.post("/api/v1/imports", content=file(11))).status_code == 413
    assert (await gateway.post("/api/v1/imports", content=b"x" * 11_000)).status_code == 413
    assert (await gateway.post("/api/v1/feedback", content=b"x" * 1_025)).status_code == 413


async def test_an_upload_given_up_halfway_is_given_up_at_the_service(gateway, upstream):
    async def file():
        yield b"first"
        await asyncio.wait_for(upstream.arrived.wait(), 5)
        raise OSError("the cable")

    with pytest.raises(OSError, match="the cable"):
        await gateway.post("/api/v1/imports", content=file())
    await asyncio.wait_for(upstream.cancelled.wait(), 5)


async def test_events_pass_as_they_come_and_leaving_ends_them(gateway, upstream):
    async with gateway.stream("GET", "/api/v1/live") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"data: 1\n\n"
        upstream.release.set()
        assert await anext(pieces) == b"data: 2\n\n"
        assert not upstream.cancelled.is_set()
    await asyncio.wait_for(upstream.cancelled.wait(), 5)


async def test_a_shutdown_ends_events_properly(gateway):
    async with gateway.stream("GET", "/api/v1/live") as answer:
        pieces = answer.aiter_raw()
        await anext(pieces)
        gateway.health.draining.set()
        assert [piece async for piece in pieces] == []


async def test_leaving_before_the_answer_cancels_the_question(gateway, upstream):
    asking = asyncio.create_task(gateway.get("/api/v1/feedback/slow"))
    await asyncio.wait_for(upstream.arrived.wait(), 5)
    asking.cancel()
    await asyncio.wait_for(upstream.cancelled.wait(), 5)


async def test_half_an_answer_is_not_passed_off_as_a_whole_one(gateway):
    with pytest.raises(httpx.RemoteProtocolError):
        await gateway.get("/api/v1/feedback/half")


async def test_a_service_that_is_down_is_a_503_to_try_again(start_gateway):
    bound, port = free_address()
    bound.close()
    gateway = await start_gateway(ingest_url=f"http://127.0.0.1:{port}")
    answer = await gateway.post("/api/v1/feedback", json={})
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert int(answer.headers["retry-after"]) >= 1
    assert "ingest" in answer.json()["detail"]


async def test_a_service_that_breaks_off_before_it_answers_is_a_502(start_gateway):
    async def hang_up(reader, writer):
        await reader.read(10)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        gateway = await start_gateway(ingest_url=f"http://127.0.0.1:{port}")
        assert (await gateway.post("/api/v1/feedback", json={})).status_code == 502


async def test_a_service_that_does_not_know_the_gateway_is_not_the_callers_fault(gateway):
    answer = await gateway.post("/api/v1/sentiment", json={"texts": ["bacán"]})
    assert answer.status_code == 502


async def test_a_silent_service_is_a_504(start_gateway, monkeypatch):
    hasty = tuple(replace(route, answer_seconds=0.1) for route in proxy.ROUTES)
    monkeypatch.setattr(proxy, "ROUTES", hasty)
    gateway = await start_gateway()
    answer = await gateway.get("/api/v1/feedback/slow")
    assert (answer.status_code, answer.headers["content-type"]) == (504, PROBLEM)


async def test_smuggled_lengths_are_refused(gateway):
    reader, writer = await asyncio.open_connection(gateway.base_url.host, gateway.base_url.port)
    key = gateway.headers["X-API-Key"]
    head = f"POST /api/v1/feedback HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Length: 4\r\n"
    writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode())
    status = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    assert b" 400 " in status
