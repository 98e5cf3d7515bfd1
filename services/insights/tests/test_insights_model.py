"""The language model's part, against a real server that speaks OpenAI's protocol, well and badly."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from llmock.scenarios import Delay, Fail, Reply
from llmock.testing import LLMockServer
from prometheus_client import REGISTRY

DAY = date(2026, 10, 20)
OCTOBER = {"from": "2026-10-01", "to": "2026-10-30"}


def draft(*sentences: str, heading: str = "En breve") -> Reply:
    return Reply(text=json.dumps({"sections": [{"heading": heading, "sentences": sentences}]}))


GOOD = draft("Llegaron {F3}, casi todo de {F15.subject}.", "El cambio fue de {F6.size}.")
INVENTED = draft("Las ventas subieron 400 en Tacna.")


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"pulso_insights_{name}_total", labels) or 0.0


@pytest.fixture
def model() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        yield server


@pytest.fixture
async def brief(model, trends, start_insights):
    """Writes a brief about known feedback; gives the answer."""
    await trends.add(90, day=DAY, sentiment="positive", region="Lima", product="Ceviche")
    await trends.add(30, day=date(2026, 9, 20), sentiment="positive", region="Lima", product="Ceviche")
    insights = await start_insights(
        trends_url=trends.url,
        OPENAI_API_KEY="test",
        OPENAI_BASE_URL=model.base_url("openai"),
        insights_model="gpt-test",
        insights_deadline_seconds=3,
    )

    async def write(**wanted):
        answer = await insights.post("/insights", json={"scope": OCTOBER} | wanted)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return write


async def test_the_model_writes_and_code_fills_the_figures_in(brief, model):
    model.state.scenarios.add(GOOD)
    before = metric("model_tokens", kind="prompt")
    made = await brief()
    assert made["writer"] == {"name": "openai", "model": "gpt-test", "fallback": None}
    [section] = made["sections"]
    assert section["heading"] == "En breve"
    assert [sentence["text"] for sentence in section["sentences"]] == [
        "Llegaron 90 comentarios, casi todo de Lima.",
        "El cambio fue de 200\N{NO-BREAK SPACE}%.",
    ]
    assert section["sentences"][0]["template"] == "Llegaron {F3}, casi todo de {F15.subject}."
    assert section["sentences"][0]["facts"] == ["F3", "F15"]
    assert metric("model_tokens", kind="prompt") > before


async def test_an_invented_figure_is_sent_back_once(brief, model):
    model.state.scenarios.add(INVENTED, GOOD)
    before = metric("drafts_rejected", reason="figure")
    made = await brief()
    assert made["writer"]["name"] == "openai"
    assert metric("drafts_rejected", reason="figure") == before + 1
    assert "400" not in made["text"]


@pytest.mark.parametrize(
    "answers",
    [
        [INVENTED, INVENTED],
        [draft("Subió un treinta por ciento desde {F3}.")] * 2,
        [draft("Hubo {F999}.")] * 2,
        [draft("Todo sigue igual.")] * 2,
        [draft("Vea https://example.com y {F3}.")] * 2,
        [Reply(text="no soy JSON")] * 2,
        [Reply(text='{"sections": []}')] * 2,
        [],
    ],
    ids=["digits", "words", "unknown", "no-facts", "link", "no-json", "empty", "mock-text"],
)
async def test_what_cannot_be_used_twice_is_written_by_the_built_in_writer(brief, model, answers):
    model.state.scenarios.add(*answers)
    made = await brief()
    assert made["writer"] == {"name": "grounded", "model": None, "fallback": "rejected"}
    assert "hubo 90 comentarios" in made["text"]


@pytest.mark.parametrize(
    ("faults", "fallback"),
    [
        ([Fail(503, times=None)], "unavailable"),
        ([Fail(429, retry_after=0.01, times=None)], "unavailable"),
        ([Fail(401, times=None)], "refused"),
        ([Fail(400, times=None)], "refused"),
        ([Delay(4, times=None)], "timeout"),
    ],
)
async def test_a_failing_model_costs_the_wording_never_the_brief(brief, model, faults, fallback):
    model.state.scenarios.add(*faults)
    before = metric("fallbacks", reason=fallback)
    made = await brief()
    assert (made["writer"]["name"], made["writer"]["fallback"]) == ("grounded", fallback)
    assert metric("fallbacks", reason=fallback) == before + 1


async def test_a_passing_failure_is_tried_again(brief, model):
    model.state.scenarios.add(Fail(503, retry_after=0.01), GOOD)
    assert (await brief())["writer"]["name"] == "openai"


async def test_a_model_that_is_not_there(start_insights, trends):
    await trends.add(5, day=DAY)
    insights = await start_insights(
        trends_url=trends.url, OPENAI_API_KEY="k", OPENAI_BASE_URL="http://127.0.0.1:9/v1"
    )
    made = (await insights.post("/insights", json={"scope": OCTOBER})).json()
    assert made["writer"]["fallback"] == "unavailable"


async def test_nothing_to_tell_needs_no_model(brief, model):
    made = await brief(scope={"from": "2026-01-01", "to": "2026-01-31"})
    assert made["writer"] == {"name": "grounded", "model": None, "fallback": None}
    assert model.state.journal.records() == []
