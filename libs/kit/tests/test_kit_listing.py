"""Which form a list is told in, and where its next page is."""

import csv
from contextlib import asynccontextmanager
from io import StringIO

import httpx
import pytest
from fastapi import APIRouter, Response
from pulso_contracts.problems import PROBLEM_MEDIA_TYPE
from pulso_kit.app import create_app
from pulso_kit.csv_table import columns_of
from pulso_kit.errors import NotAcceptable
from pulso_kit.health import Health
from pulso_kit.listing import CSV, JSON, AnswerFormDep, Listing, preferred
from pulso_kit.settings import ServiceSettings
from pydantic import BaseModel


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json, text/csv", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
        ("text/csv;q=0.4, application/json;q=0.5", JSON),
        ("text/csv;q=0, */*", JSON),
        ("text/csv", CSV),
        ("Text/CSV", CSV),
        ("text/*", CSV),
        ("text/csv, */*", CSV),
        ("text/csv; charset=utf-8", CSV),
        ("text/csv;header=present;q=0.9, application/json;q=0.5", CSV),
        ("application/json;q=0, */*;q=0.1", CSV),
        (" text/csv ,application/json;q=0.999", CSV),
    ],
)
def test_the_form_that_is_preferred(accept, form):
    assert preferred(accept) == form


@pytest.mark.parametrize(
    "accept",
    ["text/html", "image/*", "text/csv;q=0", "*/*;q=0", "application/problem+json", "garbage", "a/b/c", ","],
)
def test_what_allows_neither_form_is_refused(accept):
    with pytest.raises(NotAcceptable, match="text/csv"):
        preferred(accept)


class Word(BaseModel):
    id: int
    text: str


class Page(BaseModel):
    items: list[Word]
    next_cursor: str | None


WORDS = Listing("pulso-words", columns_of(Word), lambda page: page["items"], {"id": 1, "text": "ají"})


def make_client() -> httpx.AsyncClient:
    router = APIRouter()

    @router.get("/words", response_model=Page, responses=WORDS.responses)
    async def words(form: AnswerFormDep, limit: int = 2, cursor: int = 0) -> Page | Response:
        items = [Word(id=number, text=f"ñ{number}") for number in range(cursor, min(cursor + limit, 5))]
        following = str(cursor + limit) if cursor + limit < 5 else None
        return await form.of(Page(items=items, next_cursor=following), WORDS)

    @asynccontextmanager
    async def no_lifespan(_app):
        yield

    app = create_app(
        service="test",
        settings=ServiceSettings(port=8099),
        health=Health(),
        routers=[router],
        lifespan=no_lifespan,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


async def test_json_unless_csv_is_asked_for():
    async with make_client() as http:
        answer = await http.get("/words")
    assert answer.json() == {"items": [{"id": 0, "text": "ñ0"}, {"id": 1, "text": "ñ1"}], "next_cursor": "2"}
    assert (answer.headers["vary"], "link" in answer.headers) == ("Accept", False)


async def test_links_lead_through_all_pages_and_keep_the_question():
    rows, target = [], httpx.URL("/words?limit=2&q=a%3E%C3%B1&q=b&cursor=0")
    async with make_client() as http:
        while target is not None:
            answer = (await http.get(target, headers={"Accept": "text/csv"})).raise_for_status()
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            assert answer.headers["content-disposition"] == 'attachment; filename="pulso-words.csv"'
            assert answer.headers["vary"] == "Accept"
            rows += csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
            link = answer.links.get("next")
            target = None if link is None else answer.url.join(link["url"])
            if target is not None:
                assert target.params.get_list("q") == ["a>ñ", "b"]
                assert target.path == "/words"
    assert [row["text"] for row in rows] == [f"ñ{number}" for number in range(5)]


async def test_neither_form_is_a_problem_and_so_is_any_error_of_a_table():
    async with make_client() as http:
        refused = await http.get("/words", headers=[("Accept", "text/html"), ("Accept", "image/png")])
        wrong = await http.get("/words?limit=many", headers={"Accept": "text/csv"})
        both = await http.get("/words", headers=[("Accept", "text/html"), ("Accept", "text/csv")])
    assert (refused.status_code, refused.headers["content-type"]) == (406, PROBLEM_MEDIA_TYPE)
    assert refused.json()["type"] == "urn:pulso:problem:not-acceptable"
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, PROBLEM_MEDIA_TYPE)
    assert both.headers["content-type"] == "text/csv; charset=utf-8"


async def test_openapi_tells_of_the_table():
    async with make_client() as http:
        responses = (await http.get("/openapi.json")).json()["paths"]["/words"]["get"]["responses"]
    assert responses["200"]["content"][CSV]["example"] == "id,text\r\n1,ají\r\n"
    assert "$ref" in responses["200"]["content"][JSON]["schema"]
    assert list(responses["406"]["content"]) == [PROBLEM_MEDIA_TYPE]
