"""Files of every kind that people upload, through a real process."""

import gzip
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from pulso_contracts.imports import ImportState

HEADER = "texto;canal;fecha;estrellas;departamento;producto\n"
ROWS = "Qué rico ñandú;encuesta;01/11/2025 13:30;4,5;Cuzco;ceviche\nFrío;chat;2025-11-02;1;Lima;lomo\n"


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def texts(ingest):
    return sorted(event.text for event in ingest.published())


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + ROWS).encode(),
        b"\xef\xbb\xbf" + (HEADER + ROWS).encode(),
        (HEADER + ROWS).encode("latin-1"),
        (HEADER + ROWS).encode("utf-16"),
        (HEADER + ROWS).encode("utf-16-le"),
        (HEADER + ROWS).replace(",", ".").replace(";", ",").encode(),
        (HEADER + ROWS).replace(";", "\t").encode(),
        (HEADER + ROWS).replace(";", "|").encode(),
        ("sep=;\r\n" + HEADER + ROWS).replace("\n", "\r\n").encode(),
        gzip.compress((HEADER + ROWS).encode()),
        ("\n\n" + HEADER + "\n;;;;;\n" + ROWS).encode(),
    ],
    ids=[
        "utf-8",
        "bom",
        "latin-1",
        "utf-16",
        "utf-16 bare",
        "commas",
        "tabs",
        "bars",
        "sep line",
        "gzip",
        "blanks",
    ],
)
def test_csv_as_spreadsheets_write_it(ingest, content):
    job = ingest.upload(content)
    assert (job.state, job.accepted, job.rejected, job.error) == (ImportState.COMPLETED, 2, 0, None)
    assert job.bytes_read == job.bytes_total == len(content)
    first, second = sorted(ingest.published(), key=lambda event: event.text, reverse=True)
    assert (first.text, first.channel, first.rating, first.region) == (
        "Qué rico ñandú",
        "survey",
        4.5,
        "Cusco",
    )
    assert first.created_at.isoformat() == "2025-11-01T18:30:00+00:00"
    assert (second.text, second.product, second.region) == ("Frío", "lomo", "Lima")


def test_quoted_line_breaks_and_quotes_stay_in_one_row(ingest):
    job = ingest.upload(b'texto,canal\n"uno\ndos, ""tres""",chat\n', channel="chat")
    assert job.accepted == 1
    assert texts(ingest) == ['uno\ndos, "tres"']


def test_bad_rows_are_told_by_their_number_and_sink_nothing(ingest):
    content = "texto,canal,nota\nRico,chat,5\n,chat,5\nFeo,chat,9\nCaro,humo,1\na,b,c,d,e\nBarato,chat,5\n"
    job = ingest.upload(content.encode())
    assert (job.state, job.rows, job.accepted, job.rejected) == (ImportState.COMPLETED, 6, 2, 4)
    assert [(row.row, row.errors[0].field) for row in job.rejected_rows] == [
        (3, "text"), (4, "rating"), (5, "channel"), (6, "")
    ]  # fmt: skip
    assert texts(ingest) == ["Barato", "Rico"]


def test_broken_utf8_costs_only_its_row(ingest):
    good = "Qué rico ñandú, señor\n" * 5
    job = ingest.upload(("texto\n" + good).encode() + b"malo \xff\xfe\n", channel="chat")
    assert (job.accepted, job.duplicates, job.rejected) == (1, 4, 1)
    assert job.rejected_rows[0].errors[0].message == "is not valid UTF-8"


def test_an_open_quotation_mark_loses_no_row_in_silence(ingest):
    job = ingest.upload(b'texto\nuno\n"abierta\n' + b"perdida\n" * 20_000 + b"final\n", channel="chat")
    assert job.state is ImportState.COMPLETED
    assert job.rejected >= 1
    assert "quotation mark" in job.rejected_rows[0].errors[0].message
    assert "uno" in texts(ingest)


def test_one_column_needs_no_quotation_marks(ingest):
    ingest.upload('texto\nRico, barato; y "bien" servido\n"Frío, y\ntarde"\n'.encode(), channel="chat")
    assert texts(ingest) == ["Frío, y\ntarde", 'Rico, barato; y "bien" servido']


def test_nuls_in_a_cell_are_cleaned(ingest):
    ingest.upload(b"texto\nhola\x00mundo\n", channel="chat")
    assert texts(ingest) == ["hola mundo"]


def test_unknown_regions_are_counted_and_listed(ingest):
    job = ingest.upload(b"texto,ciudad\na,Narnia\nb,Narnia\nc,Cusco\nd,ana@x.pe\n", channel="chat")
    assert job.unknown_regions == {"Narnia": 2, "[email]": 1}
    assert {event.text: event.region for event in ingest.published()} == {
        "a": None,
        "b": None,
        "c": "Cusco",
        "d": None,
    }


def test_options_fill_what_a_row_leaves_open_and_map_wins(ingest):
    job = ingest.upload(
        "opinión del cliente,texto,local,producto\nRico,otra cosa,Centro,\nFeo,nada,,anticucho\n".encode(),
        channel="market", source="tienda", region="15", product="combo",
        map=["Opinión del cliente=text", "local=metadata.local"],
    )  # fmt: skip
    assert job.ignored_columns == ["texto"]
    by_text = {event.text: event for event in ingest.published()}
    assert set(by_text) == {"Rico", "Feo"}
    assert (by_text["Rico"].channel, by_text["Rico"].source, by_text["Rico"].region) == (
        "market",
        "tienda",
        "Lima",
    )
    assert (by_text["Rico"].product, by_text["Feo"].product) == ("combo", "anticucho")
    assert (by_text["Rico"].metadata, by_text["Feo"].metadata) == ({"local": "Centro"}, {})


def test_ndjson_takes_names_of_the_api_and_aliases(ingest):
    content = (
        b'{"text":"uno","channel":"chat","metadata":{"a":1},"extra":1}\n\n'
        b'{"comentario":"dos","canal":"correo","external_id":7}\n{"text":"\xff"}\n[1]\n{"text":["x"],"channel":"chat"}\n'
    )
    job = ingest.upload(content, "feed.ndjson")
    assert (job.rows, job.accepted, job.rejected) == (5, 2, 3)
    assert [row.row for row in job.rejected_rows] == [4, 5, 6]
    assert job.ignored_columns == ["extra"]
    one, two = sorted(ingest.published(), key=lambda event: event.text, reverse=True)
    assert (one.metadata, two.channel, two.external_id) == ({"a": 1}, "email", "7")


def test_a_very_long_line_of_ndjson_is_one_bad_row(ingest):
    job = ingest.upload(b'{"text":"' + b"a" * 600_000 + b'"}\n{"text":"b"}\n', "feed.ndjson", channel="chat")
    assert (job.accepted, job.rejected) == (1, 1)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_xlsx(ingest, pack):
    content = workbook(
        [None, None],
        ["Texto", "Fecha", "Estrellas", "ID", None],
        ["Rico", datetime.fromisoformat("2025-11-01T13:30:00"), 4.5, 1001, None],
        [None, None, None, None, None],
        ["Feo", "02/11/2025", "9", 1002.0, "fuera de la tabla"],
    )
    job = ingest.upload(pack(content), "libro.xlsx", channel="survey")
    assert (job.state, job.accepted, job.rejected, job.error) == (ImportState.COMPLETED, 1, 1, None)
    assert job.rejected_rows[0].row == 5
    [event] = ingest.published()
    assert (event.external_id, event.rating) == ("1001", 4.5)
    assert event.created_at.isoformat() == "2025-11-01T18:30:00+00:00"


def gzip_bomb():
    return gzip.compress(b"texto\n" + b"a" * 200_000_000)


def zip_bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 150_000_000)
    return buffer.getvalue()


def workbook_with_entities():
    buffer = io.BytesIO(workbook(["texto"], ["a"]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>')
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("make", "filename", "told"),
    [
        (lambda: b"", "x.csv", "The file is empty."),
        (lambda: b"\n\n", "x.csv", "it has no header"),
        (lambda: b"mozo,mesa\nLuis,4\n", "x.csv", "No column holds the text. Found: “mozo”, “mesa”."),
        (lambda: b"texto,Texto\na,b\n", "x.csv", "These columns occur more than once: “texto”."),
        (lambda: b"texto\n" + b"a" * 1_500_000, "x.csv", "Line 2 is longer"),
        (lambda: b"texto\nhola\n", "x.xlsx", "This is not an XLSX workbook."),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "x.xls", "This is not an XLSX workbook."),
        (lambda: b"PK\x03\x04 pero no", "x.xlsx", "This is not an XLSX workbook."),
        (workbook_with_entities, "x.xlsx", "This is not an XLSX workbook."),
        (zip_bomb, "x.xlsx", "expands too far"),
        (lambda: workbook([None]), "x.xlsx", "The first sheet is empty"),
        (lambda: b'[{"text": "a"}]', "x.json", "This is a JSON array."),
        (gzip_bomb, "x.csv.gz", "expands more than 200 times"),
        (lambda: gzip.compress((HEADER + ROWS).encode())[:-12], "x.csv.gz", "damaged or cut off"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_say_why(ingest, make, filename, told):
    job = ingest.upload(make(), filename, channel="chat")
    assert job.state is ImportState.FAILED
    assert told in (job.error or "")
    assert ingest.published() == []
    assert not any((ingest.data_dir / "imports" / "open").iterdir())


def test_a_file_without_a_channel_says_so(ingest):
    assert "No column holds the channel" in (ingest.upload(b"texto\nhola\n").error or "")


def test_the_same_file_again_adds_nothing(ingest):
    content = (HEADER + ROWS).encode()
    first, again = ingest.upload(content), ingest.upload(content)
    assert (first.accepted, again.accepted, again.duplicates) == (2, 0, 2)
    assert len(ingest.published()) == 2


def test_equal_rows_are_one_unless_an_id_tells_them_apart(ingest):
    assert ingest.upload(b"texto\nRico\nRico\n", channel="chat").duplicates == 1
    assert ingest.upload(b"texto,id\nFeo,1\nFeo,2\n", channel="chat").accepted == 2
