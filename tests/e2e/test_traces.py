"""One piece of feedback, followed from the gateway to the database; and what no trace tells."""

import csv
import io
import json

import pytest
from llmock.testing import LLMockServer

from tests.fixtures.collector import running_collector

pytestmark = pytest.mark.timeout(300)  # starting a whole stack, maybe beside other tests

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TEXT = "El juane estaba desabrido y tibio"
MODEL_KEY = "sk-abcdefghijklmnopqrstuvwxyz"
SECRETS = (
    "juane", "desabrido", "cliente-secreto", "origen-secreto", "marca-secreta", "Loreto", "pregunta-secreta",
    "estado-secreto", "equipaje-secreto", "agente-secreto", "camino-secreto", MODEL_KEY,
)  # fmt: skip
"""Each was sent somewhere: texts, fields, searched words, headers, paths, the key of the language model."""
ITEM = {
    "text": TEXT,
    "channel": "chat",
    "region": "Loreto",
    "product": "marca-secreta",
    "customer_id": "cliente-secreto",
    "source": "origen-secreto",
    "external_id": "1",
}


@pytest.fixture(scope="module")
def collector():
    with running_collector() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def model():
    with LLMockServer() as server:
        yield server


@pytest.fixture(scope="module")
def traced(tmp_path_factory, collector, model, new_stack):
    """A stack that exports, after one of each kind of request."""
    stack = new_stack(
        tmp_path_factory.mktemp("traced") / "data",
        "--no-sample",
        PULSO_OTLP_ENDPOINT=collector.url,
        OPENAI_API_KEY=MODEL_KEY,
        OPENAI_BASE_URL=model.base_url("openai"),
    )
    stack.wait()
    yield stack
    stack.kill()


@pytest.fixture(scope="module")
def item_id(traced, eventually):
    headers = {
        "traceparent": CALLER,
        "tracestate": "vendor=estado-secreto",
        "baggage": "note=equipaje-secreto",
        "user-agent": "agente-secreto",
    }
    with traced.api() as api:
        answer = api.post("/feedback", json=ITEM, headers=headers).raise_for_status()
        eventually(lambda: traced.indexed() == 1)
    return answer.json()["id"]


def the(spans, service, name):
    """The one span of a service and name; None while there is none."""
    found = [span for span in spans if (span.service, span.name) == (f"pulso-{service}", name)]
    return found[0] if found else None


def test_one_item_is_followed_from_the_gateway_to_its_row(item_id, collector):
    door = collector.wait_for(lambda spans: the(spans, "gateway", "POST /api/v1/feedback"))
    assert door.parent == ""
    assert door.trace not in CALLER
    assert door.links == {CALLER.split("-")[2]}
    call, accepted, sent = collector.wait_for(
        lambda spans: (
            all(
                found := (
                    the(spans, "gateway", "POST"),
                    the(spans, "ingest", "POST /feedback"),
                    the(spans, "ingest", "send feedback"),
                )
            )
            and found
        )
    )
    assert [span.parent for span in (call, accepted, sent)] == [door.id, call.id, accepted.id]
    assert {span.trace for span in (call, accepted, sent)} == {door.trace}
    assert sent.attributes["messaging.message.id"] == item_id
    scored = collector.wait_for(lambda spans: the(spans, "sentiment", "process feedback"))
    indexed = collector.wait_for(lambda spans: the(spans, "trends", "process scored"))
    for batch in (scored, indexed):
        assert batch.links == {sent.id}
        assert batch.parent == ""
        assert batch.attributes["messaging.batch.message_count"] == 1
    for part in ("score", "send scored"):
        assert the(collector.spans(), "sentiment", part).parent == scored.id
    transaction = the(
        [span for span in collector.spans() if span.trace == indexed.trace], "trends", "transaction"
    )
    assert transaction.parent == indexed.id
    row = the(collector.spans(), "trends", "INSERT feedback")
    assert row.parent == transaction.id
    assert row.attributes["db.system.name"] == "sqlite"


@pytest.mark.usefixtures("item_id")
def test_what_is_logged_meanwhile_names_its_trace(traced, collector):
    door = collector.wait_for(lambda spans: the(spans, "gateway", "POST /api/v1/feedback"))
    for service in ("gateway", "ingest"):
        lines = map(json.loads, (traced.root / "logs" / f"{service}.log").read_text().splitlines())
        (line,) = (
            each
            for each in lines
            if each["event"] == "request" and each.get("route", "").endswith("/feedback")
        )
        assert line["trace_id"] == door.trace
        assert line["span_id"] in {span.id for span in collector.spans() if span.trace == door.trace}


@pytest.mark.usefixtures("item_id")
def test_an_imported_file_is_one_trace_down_to_its_items(traced, collector, eventually):
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerows([["text", "channel"], *([f"{TEXT} {number}", "review"] for number in range(3))])
    with traced.api() as api:
        api.post(
            "/imports?source=origen-secreto",
            content=table.getvalue().encode(),
            headers={"Content-Type": "text/csv"},
        ).raise_for_status()
        eventually(lambda: traced.indexed() == 4)
    door = collector.wait_for(lambda spans: the(spans, "gateway", "POST /api/v1/imports"))
    in_import = collector.wait_for(
        lambda spans: [span for span in spans if (span.name, span.trace) == ("send feedback", door.trace)]
    )
    assert sum(span.attributes["messaging.batch.message_count"] for span in in_import) == 3
    senders = {span.id for span in in_import}
    collector.wait_for(
        lambda spans: [span for span in spans if span.name == "process scored" and span.links & senders]
    )


@pytest.mark.usefixtures("item_id")
def test_a_brief_shows_its_facts_and_the_model_by_its_tokens(traced, collector):
    with traced.api() as api:
        api.post("/insights", json={"question": "¿pregunta-secreta?"}).raise_for_status()
    door = collector.wait_for(lambda spans: the(spans, "gateway", "POST /api/v1/insights"))
    asked = collector.wait_for(lambda spans: the(spans, "insights", "chat gpt-5-mini"))
    assert asked.trace == door.trace
    assert asked.attributes["gen_ai.request.model"] == "gpt-5-mini"
    assert asked.attributes["gen_ai.usage.input_tokens"] > 0
    assert asked.attributes["gen_ai.usage.output_tokens"] > 0
    queries = collector.wait_for(
        lambda spans: [
            span for span in spans if span.trace == door.trace and span.name == "GET /trends/sentiment"
        ]
    )
    assert {span.service for span in queries} == {"pulso-trends"}


@pytest.mark.usefixtures("item_id")
def test_no_text_no_customer_and_no_secret_leaves(traced, collector):
    with traced.api() as api:
        api.get("/feedback", params={"q": "desabrido", "region": "Loreto", "product": "marca-secreta"})
        api.get("/camino-secreto", params={"q": "juane"})
        api.get("/feedback/camino-secreto")
        api.post("/feedback", content=json.dumps(ITEM)[:-1])
        api.post("/feedback", json=ITEM | {"channel": "canal juane"})
        api.post("/sentiment", json={"texts": [TEXT]}).raise_for_status()
    traced.answer_to("pulso_wrong_key")
    collector.wait_for(lambda spans: the(spans, "sentiment", "POST /sentiment"))
    collector.wait_for(lambda spans: the(spans, "gateway", "GET /api/v1/feedback/{feedback_id}"))
    everything = b"".join(collector.raw)
    state = traced.state
    for secret in (*SECRETS, traced.key, state["redis_url"].split("@")[0].rpartition(":")[2], "pulso_wrong"):
        assert secret.encode() not in everything, secret
    names = {span.name for span in collector.spans()}
    assert not any("/healthz" in name or "/readyz" in name or "/metrics" in name for name in names)


@pytest.mark.usefixtures("item_id")
def test_with_the_collector_gone_everything_works_and_ends(traced, collector, eventually):
    before = traced.indexed()
    collector.answers.clear()
    with traced.api() as api:
        api.post("/feedback", json={"text": "Sin nadie que mire", "channel": "chat"}).raise_for_status()
        eventually(lambda: traced.indexed() == before + 1)
    assert traced.stop() == 0, traced.output.read_text()
    for log in (traced.root / "logs").glob("*.log"):
        assert log.read_text().count("traces.not_exported") <= 1
        assert "Traceback" not in log.read_text()
