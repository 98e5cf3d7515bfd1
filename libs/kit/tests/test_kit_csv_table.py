"""What a table says is what the models say, and no spreadsheet runs it."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_kit.csv_table import columns_of, csv_table
from pydantic import BaseModel, Field


class Opinion(BaseModel):
    aspect: str
    score: float


class Mood(BaseModel):
    share: float | None
    opinions: list[Opinion] = []


class Item(BaseModel):
    id: str
    said_at: datetime | None = None
    first: int = Field(default=0, alias="from")
    known: bool = False
    mood: Mood | None = None
    tags: list[str] = []
    counts: dict[str, int] = {}
    hidden: str = "hidden"


COLUMNS = columns_of(Item, without={"hidden"})


def read(table):
    return list(csv.DictReader(StringIO(table.decode("utf-8-sig"), newline="")))


def row(**fields):
    [found] = read(csv_table(COLUMNS, [Item(**fields).model_dump(mode="json", by_alias=True)]))
    return found


def test_columns_are_the_fields_in_their_order_with_the_names_of_json():
    assert COLUMNS == (
        "id",
        "said_at",
        "from",
        "known",
        "mood.share",
        "mood.opinions.aspect",
        "mood.opinions.score",
        "tags",
        "counts",
    )


def test_cells():
    opinions = [Opinion(aspect="sabor", score=0.5), Opinion(aspect="precio", score=-0.25)]
    full = row(
        id='ají, «ñ» 🌶️\n"dos"',
        said_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        known=True,
        mood=Mood(share=-0.5, opinions=opinions),
        tags=["a;b", "c\\", ""],
        counts={"chat": 2, "x;y": 1},
        **{"from": -3},
    )
    assert full == {
        "id": 'ají, «ñ» 🌶️\n"dos"',
        "said_at": "2026-11-01T12:00:00Z",
        "from": "-3",
        "known": "true",
        "mood.share": "-0.5",
        "mood.opinions.aspect": "sabor;precio",
        "mood.opinions.score": "0.5;-0.25",
        "tags": "a\\;b;c\\\\;",
        "counts": "chat=2;x\\;y=1",
    }


def test_what_is_absent_is_empty():
    empty = row(id="")
    assert {name for name, cell in empty.items() if cell} == {"from", "known"}
    assert csv_table(COLUMNS, []).decode("utf-8-sig") == ",".join(COLUMNS) + "\r\n"


def test_lines_end_as_rfc_4180_has_it_and_the_table_begins_with_a_mark():
    table = csv_table(("a", "b"), [{"a": "uno\rdos", "b": 'x"y'}])
    assert table == b'\xef\xbb\xbfa,b\r\n"uno\rdos","x""y"\r\n'


@pytest.mark.parametrize(
    "text", ["=1+1", "+51 999", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"]
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert row(id=text)["id"] == "'" + text
    assert row(id="", tags=[text, "b"])["tags"] == f"'{text};b"
    assert row(id="", counts={text: 1})["counts"] == f"'{text}=1"
    assert row(id="a" + text)["id"] == "a" + text


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(TEXTS, st.floats(allow_nan=False, allow_infinity=False), st.booleans())))
def test_every_text_and_number_comes_back(rows):
    given_rows = [{"text": text, "number": number, "truth": truth} for text, number, truth in rows]
    back = read(csv_table(("text", "number", "truth"), given_rows))
    assert [(each["text"].removeprefix("'"), float(each["number"]), each["truth"]) for each in back] == [
        (text.removeprefix("'"), number, str(truth).lower()) for text, number, truth in rows
    ]


def test_pandas_reads_it_without_being_told_more():
    pandas = pytest.importorskip("pandas")
    rows = [{"texto": "ají; =SUMA", "score": -0.25}, {"texto": "=1", "score": None}]
    frame = pandas.read_csv(BytesIO(csv_table(("texto", "score"), rows)))
    assert list(frame.columns) == ["texto", "score"]
    assert list(frame["texto"]) == ["ají; =SUMA", "'=1"]
    assert frame["score"][0] == -0.25
    assert frame["score"].isna()[1]
