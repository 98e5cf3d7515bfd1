"""How a file reaches ingest: forms, bodies, limits, lists."""

import csv
import socket
from io import StringIO

import pytest
from pulso_contracts.imports import ImportState

CSV = "texto,canal\nQué rico,chat\n".encode()


def incoming(ingest):
    return list((ingest.data_dir / "imports" / "incoming").iterdir())


def test_a_form_with_fields(ingest):
    response = ingest.client.post(
        "/imports",
        files={"file": ("C:\\datos\\mi archivo.csv", b"comentario,mozo\nHola,Luis\n", "text/csv")},
        data={"channel": "survey", "source": "tienda", "map": ["mozo=metadata.mozo"]},
    )
    assert response.status_code == 202
    assert response.headers["location"] == f"imports/{response.json()['id']}"
    job = ingest.ended(response.json()["id"])
    assert (job.filename, job.accepted) == ("mi archivo.csv", 1)
    [event] = ingest.published()
    assert (event.channel, event.source, event.metadata) == ("survey", "tienda", {"mozo": "Luis"})


def test_a_name_of_a_file_may_have_accents(ingest):
    response = ingest.client.post("/imports", files={"file": ("reseñas 2026.csv", CSV)})
    assert ingest.ended(response.json()["id"]).filename == "reseñas 2026.csv"


@pytest.mark.parametrize("name", ["filename", "filename*"])
def test_endless_headers_of_a_form_are_refused(ingest, name):
    head = f"--x\r\nContent-Disposition: form-data; {name}=".encode()
    response = ingest.client.post(
        "/imports",
        content=head + b"a" * 1_000_000,
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert response.status_code in (400, 413)
    assert incoming(ingest) == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"channel": "humo"}, "channel"),
        ({"region": "Narnia"}, "region"),
        ({"map": "sin igual"}, "map"),
        ({"map": "a=nada"}, "map"),
        ({"map": "a=metadata."}, "map"),
        ({"source": "s" * 201}, "source"),
    ],
)
def test_wrong_options_are_named(ingest, options, field):
    as_query = ingest.client.post("/imports", params=options, content=CSV)
    as_form = ingest.client.post("/imports", data=options, files={"file": ("a.csv", CSV)})
    for response in (as_query, as_form):
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"].partition(".")[0] == field
    assert incoming(ingest) == []


def test_a_misspelt_field_of_a_form_is_an_error(ingest):
    response = ingest.client.post("/imports", data={"chanel": "chat"}, files={"file": ("a.csv", CSV)})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"no form at all",
        b"--x\r\nContent-Disposition: form-data; name=channel\r\n\r\nchat\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name=file; filename="a"\r\n\r\ntexto\r\n',
        (b'--x\r\nContent-Disposition: form-data; name=file; filename="a"\r\n\r\ntexto\r\n' * 2)
        + b"--x--\r\n",
    ],
    ids=["garbage", "no file", "cut off", "two files"],
)
def test_forms_that_are_none_are_bad_requests(ingest, body):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert ingest.client.post("/imports", content=body, headers=headers).status_code == 400
    assert incoming(ingest) == []


def test_a_form_without_a_boundary_is_a_bad_request(ingest):
    response = ingest.client.post("/imports", content=CSV, headers={"content-type": "multipart/form-data"})
    assert response.status_code == 400


def test_a_file_over_the_limit_is_refused_however_it_comes(ingest):
    big = b"texto\n" + b"a" * 2_200_000
    assert ingest.client.post("/imports", content=big).status_code == 413
    assert ingest.client.post("/imports", content=iter([big[:1_500_000], big[1_500_000:]])).status_code == 413
    assert ingest.client.post("/imports", files={"file": ("a.csv", big)}).status_code == 413
    assert incoming(ingest) == []


def test_a_client_that_leaves_leaves_nothing(ingest, wait):
    with socket.create_connection(("127.0.0.1", ingest.port)) as connection:
        connection.sendall(b"POST /imports HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ntexto\n")
        wait(lambda: incoming(ingest), "the upload has begun")
    wait(lambda: not incoming(ingest), "the upload is forgotten")


@pytest.mark.parametrize("job_id", ["nada", "20260101T000000000000-00000000", "..%2f..%2fdone", "%00"])
def test_unknown_jobs_are_not_found(client, job_id):
    assert client.get(f"/imports/{job_id}").status_code == 404


def test_jobs_are_listed_newest_first_in_pages(ingest):
    ids = [ingest.upload(b"texto\n%d\n,\n" % number, channel="chat").id for number in range(3)]
    page = ingest.client.get("/imports", params={"limit": 2}).json()
    assert [job["id"] for job in page["items"]] == ids[:0:-1]
    assert page["items"][0]["rejected_rows"] == []
    following = ingest.client.get("/imports", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert following["items"][0]["id"] == ids[0]
    for cursor in ("garbage", "9", f"{ids[0]}x", ""):
        refused = ingest.client.get("/imports", params={"cursor": cursor})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "cursor")


def test_jobs_are_listed_as_a_table_too(ingest):
    for number in range(2):
        ingest.upload(b"texto,regi\xc3\xb3n,tienda\n%d,Quito,a\n" % number, channel="chat")
    jobs = ingest.client.get("/imports", params={"limit": 1}).json()
    table = ingest.client.get("/imports", params={"limit": 1}, headers={"Accept": "text/csv"})
    [row] = csv.DictReader(StringIO(table.content.decode("utf-8-sig"), newline=""))
    assert (row["id"], row["state"], row["accepted"]) == (jobs["items"][0]["id"], "completed", "1")
    assert (row["ignored_columns"], row["unknown_regions"]) == ("tienda", "Quito=1")
    assert "rejected_rows.row" not in row
    assert table.headers["link"] == f'<?limit=1&cursor={jobs["next_cursor"]}>; rel="next"'


def test_too_many_open_imports_are_refused(valkey_process, start_ingest):
    valkey_process.kill()
    ingest = start_ingest(valkey_process.url, max_open_imports=2)
    for _ in range(2):
        ingest.queue(CSV)
    response = ingest.client.post("/imports", content=CSV)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert ingest.job(ingest.client.get("/imports").json()["items"][0]["id"]).state is not ImportState.FAILED
