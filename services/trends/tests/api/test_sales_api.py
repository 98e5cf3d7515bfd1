"""POST /sales and GET /trends/sales: rows in, findings out, nothing lost for one bad row."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from pulso_contracts.sales import MAX_SALES_CSV_ROWS, MAX_SALES_ROWS
from pulso_trends.domain.cube import CellKey, Dimension
from pulso_trends.domain.period import Grain
from pulso_trends.domain.sales.sold import day_number
from pulso_trends.store.tables import ROLLUP
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.upsert import add_to_cells

ROW = {"date": "2026-11-02", "department": "cuzco", "product": "chicha", "units": 12, "revenue": 30.5}
JSON = {"Content-Type": "application/json"}
CSV = {"Content-Type": "text/csv; charset=utf-8"}
FIRST = date(2024, 1, 1)
"""A Monday."""
WEEKS = 120

sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


async def sent(client, rows, **options):
    given = {"content": rows} if isinstance(rows, str | bytes) else {"json": rows}
    return (await client.post("/sales", **given, **options)).raise_for_status().json()


def errors_by_index(receipt):
    return {each["index"]: [error["field"] for error in each["errors"]] for each in receipt["rejected_rows"]}


def week(number):
    return (FIRST + timedelta(days=7 * number)).isoformat()


async def test_rows_are_kept_once_and_told_by_week(client):
    rows = [ROW, ROW | {"date": "2026-11-08", "units": 3.5}]
    assert (await sent(client, rows))["accepted"] == 2
    assert await sent(client, {"rows": rows}) == {
        "accepted": 2,
        "replaced": 2,
        "rejected": 0,
        "rejected_rows": [],
        "ignored_columns": [],
    }
    asked = {"from": "2026-11-02", "to": "2026-11-15", "region": "08", "product": "chicha"}
    answer = (await client.get("/trends/sales", params=asked)).raise_for_status().json()
    assert (answer["region"], answer["start"]) == ("Cusco", "2026-11-02T00:00:00-05:00")
    assert answer["not_tested"] == ["rating"]
    [found] = answer["products"]
    assert (found["product"], found["link"], found["p_value"]) == ("chicha", "not_enough_data", None)
    assert [(each["start"][:10], each["units"], each["revenue"]) for each in found["series"]] == [
        ("2026-11-02", 15.5, 61.0),
        ("2026-11-09", None, None),
    ]
    elsewhere = await client.get("/trends/sales", params=asked | {"region": "Puno"})
    assert elsewhere.raise_for_status().json()["products"] == []


async def test_spanish_tables_are_read_and_a_bad_row_does_not_sink_the_rest(client):
    table = (
        "Fecha;Departamento;Producto;Unidades;Ingresos;Tienda\n"
        "02/11/2026;Cuzco;ají de gallina;12;30.5;Centro\n"
        "2026-11-03;Quito;ají de gallina;1;;\n"
        "2026-11-04;;ají de gallina;-1;nan;\n"
        "2026-11-05;;ají de gallina;;;\n"
        "2026-11-06;;ají de gallina;4;;\n"
    )
    receipt = await sent(client, table.encode("cp1252"), headers=CSV)
    assert (receipt["accepted"], receipt["rejected"]) == (2, 3)
    assert receipt["ignored_columns"] == ["Tienda"]
    assert errors_by_index(receipt) == {1: ["department"], 2: ["units", "revenue"], 3: ["units"]}
    assert [each["row"] for each in receipt["rejected_rows"]] == [3, 4, 5]
    assert "Quito" not in str(receipt)


@sqlite_is_enough
async def test_each_bad_field_is_named_by_index(client):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    bad = [
        ({"units": -1}, "units"),
        ({"units": True}, "units"),
        ({"units": "12"}, "units"),
        ({"revenue": -0.1}, "revenue"),
        ({"date": tomorrow}, "date"),
        ({"date": "1999-12-31"}, "date"),
        ({"date": 1_700_000_000}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"department": "Quito"}, "department"),
        ({"product": "  "}, "product"),
        ({"product": "a\x00b"}, "product"),
        ({"product": "x" * 201}, "product"),
        ({"precio": 2}, ""),
    ]
    receipt = await sent(client, [ROW, *(ROW | changes for changes, _ in bad), "no row"])
    assert receipt["accepted"] == 1
    assert errors_by_index(receipt) == {
        **{index: [field] for index, (_, field) in enumerate(bad, start=1)},
        len(bad) + 1: [""],
    }
    nan = await sent(client, '[{"date": "2026-11-02", "product": "x", "units": NaN}]', headers=JSON)
    assert errors_by_index(nan) == {0: ["units"]}


@sqlite_is_enough
async def test_a_body_that_is_none_is_refused(client):
    table = "date,product,units\n" + "2026-11-02,x,1\n" * (MAX_SALES_CSV_ROWS + 1)
    for body, headers, status in [
        ("[{]", JSON, 400),
        ('"x"', JSON, 400),
        ('{"rows": [], "more": 1}', JSON, 400),
        (b"[\xff]", JSON, 400),
        ("fecha,unidades\n", CSV, 422),
        ("", CSV, 422),
        (table, CSV, 413),
        ("<sales/>", {"Content-Type": "application/xml"}, 415),
    ]:
        refused = await client.post("/sales", content=body, headers=headers)
        assert (refused.status_code, refused.headers["content-type"]) == (status, "application/problem+json")
    refused = await client.post("/sales", json=[ROW] * (MAX_SALES_ROWS + 1))
    assert refused.status_code == 413
    assert str(MAX_SALES_ROWS) in refused.json()["detail"]


async def test_an_empty_database_gives_an_empty_answer(client):
    answer = (await client.get("/trends/sales")).raise_for_status().json()
    assert (answer["products"], answer["region"]) == ([], None)


@sqlite_is_enough
async def test_a_question_that_cannot_be_answered_names_its_field(client):
    for asked, field in [
        ({"region": "Quito"}, "region"),
        ({"from": "2026-11-03", "to": "2026-11-08"}, "from"),
        ({"product": "a\x00b"}, "product"),
    ]:
        refused = await client.get("/trends/sales", params=asked)
        assert refused.status_code == 422, asked
        assert [error["field"] for error in refused.json()["errors"]] == [field]


async def speak(database, product, items, region="Lima"):
    """Puts so many items into the roll-ups of each week."""
    cells = {}
    for number, count in enumerate(items):
        day = day_number(FIRST) + 7 * number
        for cuboid in (Dimension.PRODUCT, Dimension.REGION | Dimension.PRODUCT):
            place = region if Dimension.REGION in cuboid else ""
            key = CellKey(int(Grain.DAY), int(cuboid), day, place, "", product, "", "")
            cells[key] = [0, 0, int(count), 0, 0, 900_000 * int(count)]
    async with core_transaction(database) as connection:
        await add_to_cells(database, connection, ROLLUP, cells)


async def test_talk_that_leads_is_found_and_other_products_are_not_linked(client, database):
    generator = np.random.default_rng(7)
    talk = generator.normal(0, 0.6, WEEKS)
    items = generator.poisson(np.exp(3.5 + talk))
    lead = 3
    units = {"chicha": np.exp(6 + 0.1 * generator.standard_normal(WEEKS))}
    units["chicha"][lead:] *= np.exp(0.4 * talk[:-lead])
    for other in ("emoliente", "maracuyá"):
        units[other] = np.exp(5 + 0.2 * generator.standard_normal(WEEKS))
    for product, series in units.items():
        await speak(database, product, items if product == "chicha" else generator.poisson(30, WEEKS))
        rows = [
            {"date": week(number), "department": "Lima", "product": product, "units": float(sold)}
            for number, sold in enumerate(series)
        ]
        await sent(client, rows)
    asked = {"from": FIRST.isoformat(), "to": week(WEEKS)}
    for region in ({}, {"region": "Lima"}):
        answer = (await client.get("/trends/sales", params=asked | region)).raise_for_status().json()
        found = {each["product"]: each for each in answer["products"]}
        assert next(iter(found)) == "chicha"
        assert {name: each["link"] for name, each in found.items()} == {
            "chicha": "talk_leads",
            "emoliente": "no_link",
            "maracuyá": "no_link",
        }
        chicha = found["chicha"]
        assert (chicha["weeks"], chicha["measure"], chicha["direction"]) == (lead, "count", "more")
        assert chicha["p_value"] <= chicha["q_value"] <= 0.05
        assert (chicha["weeks_used"], chicha["weeks_held_out"]) == (109, 36)
        assert found["emoliente"]["weeks"] is found["emoliente"]["direction"] is None
        assert len(chicha["series"]) == WEEKS
        last = chicha["series"][-1]
        assert (last["count"], last["positive"], last["score"]) == (items[-1], 1.0, 0.9)
