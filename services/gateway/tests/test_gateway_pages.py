"""The pages that people see, and the readiness that machines ask for."""

import re
from html.parser import HTMLParser

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pulso_gateway.settings import GatewaySettings
from pulso_gateway.store.migrate import SCRIPTS, VERSION_TABLE
from pulso_gateway.store.tables import METADATA
from pulso_kit.database import Database
from pydantic import ValidationError


class Links(HTMLParser):
    """Every address that a page loads or leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag, attrs):
        self.found += [value for name, value in attrs if name in {"src", "href", "action"} and value]


@pytest.mark.parametrize("page", ["/", "/docs"])
async def test_pages_load_nothing_from_elsewhere_and_all_they_name_exists(gateway, page):
    del gateway.headers["X-API-Key"]
    answer = await gateway.get(page)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy.partition("script-src")[2].partition(";")[0]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", answer.text)
    links = Links()
    links.feed(answer.text)
    assert links.found
    assert all(link.startswith("/") for link in links.found)
    for link in links.found:
        assert (await gateway.get(link)).status_code == 200, link


async def test_the_status_page_speaks_spanish_first_and_shows_no_figures_without_a_key(gateway):
    page = (await gateway.get("/")).text
    assert '<html lang="es">' in page
    assert page.count("listo") == 5
    assert '<div id="figures" hidden>' in page


async def test_a_service_in_trouble_is_shown_with_its_reason_escaped(gateway, upstream):
    upstream.ready = False
    upstream.trouble = "<script>refused</script>"
    page = (await gateway.get("/")).text
    assert page.count('class="down"') == 4
    assert "stream: &lt;script&gt;refused&lt;/script&gt;" in page
    assert "database: ok" not in page


async def test_readiness_is_that_of_the_whole_stack(start_gateway, upstream):
    gateway = await start_gateway()
    ready = await gateway.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"] == dict.fromkeys(
        ("draining", "database", "ingest", "sentiment", "trends", "insights"), "ok"
    )
    upstream.ready = False
    other = await start_gateway()
    assert (await other.get("/readyz")).status_code == 503
    assert (await other.get("/healthz")).status_code == 200
    alone = await start_gateway(ready_requires="")
    assert (await alone.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"admin_key": "short"},
        {"ready_requires": "ingest, nothing"},
        {"ingest_url": "not a url"},
        {"rate_reader": 0},
        {"environment": "production"},
    ],
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        GatewaySettings(**wrong)


async def test_the_migrations_make_the_tables_of_the_code(database_url):
    database = Database(database_url, application="test")

    def difference(connection):
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)

    await database.migrate(SCRIPTS)
    await database.migrate(SCRIPTS)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()
