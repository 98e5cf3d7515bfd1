import csv
import gzip
import io
import json
from datetime import UTC, datetime

import pytest
from pulso_cli.sample import generate, write_sample

END = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def expected(rows: int = 300) -> list[dict]:
    return list(generate(rows, 4, END))


@pytest.mark.parametrize("name", ["s.ndjson", "s.jsonl", "a.b.ndjson", "s.ndjson.gz"])
def test_ndjson_holds_the_records(tmp_path, name) -> None:
    path = tmp_path / name
    write_sample(path, 300, 4, END)
    data = path.read_bytes()
    lines = (gzip.decompress(data) if name.endswith(".gz") else data).decode().splitlines()
    assert [json.loads(line) for line in lines] == expected()


@pytest.mark.parametrize("name", ["s.csv", "s.csv.gz"])
def test_csv_holds_the_records_with_line_breaks_quoted_and_metadata_in_columns(tmp_path, name) -> None:
    path = tmp_path / name
    write_sample(path, 300, 4, END)
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert any("\n" in row["text"] for row in rows)
    for row, record in zip(rows, expected(), strict=True):
        flat = {f"metadata.{key}": value for key, value in record.pop("metadata", {}).items()} | record
        assert {key: value for key, value in row.items() if value} == {k: str(v) for k, v in flat.items()}


def test_the_same_sample_is_the_same_file(tmp_path) -> None:
    one, other = tmp_path / "one.csv.gz", tmp_path / "other.csv.gz"
    write_sample(one, 200, 9, END)
    write_sample(other, 200, 9, END)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", ["s", "s.txt", "s.gz", "s.xlsx", "s.ndjson.zip", "csv"])
def test_another_suffix_is_refused_and_nothing_is_written(tmp_path, name) -> None:
    with pytest.raises(ValueError, match="must end in"):
        write_sample(tmp_path / name, 5, 1, END)
    assert not list(tmp_path.iterdir())
