import csv
import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from pulso_cli.sample.generator import Record, generate

COLUMNS: Final = (
    "text",
    "channel",
    "source",
    "external_id",
    "created_at",
    "customer_id",
    "region",
    "product",
    "product_category",
    "rating",
    "language",
    "metadata.question",
    "metadata.order_total",
    "metadata.device",
    "metadata.branch",
)


def write_sample(path: Path, rows: int, seed: int, end: datetime) -> None:
    """Write a sample as NDJSON or CSV, chosen by the suffix; with a further ``.gz`` it is compressed.

    Args:
        path: The file to write: .ndjson, .jsonl or .csv, each also with .gz.
        rows: See `generate`.
        seed: See `generate`.
        end: See `generate`.

    Raises:
        ValueError: The suffix is none of these; nothing was written.
    """
    suffixes = path.suffixes[-2:]
    compressed = suffixes[-1:] == [".gz"]
    form = (suffixes[:-1] if compressed else suffixes)[-1:]
    if form not in ([".ndjson"], [".jsonl"], [".csv"]):
        raise ValueError(
            f"{path.name}: the file name must end in .ndjson, .jsonl or .csv, or in one of them and .gz"
        )
    write = _write_csv if form == [".csv"] else _write_ndjson
    with _opened(path, compressed=compressed) as file:
        write(file, generate(rows, seed, end))


@contextmanager
def _opened(path: Path, *, compressed: bool) -> Iterator[TextIO]:
    if not compressed:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    # No time and no name in the header: the same sample is the same file, byte for byte.
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
        TextIOWrapper(packed, encoding="utf-8", newline="") as file,
    ):
        yield file


def _write_ndjson(file: TextIO, records: Iterator[Record]) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    file.writelines(f"{encode(record)}\n" for record in records)


def _write_csv(file: TextIO, records: Iterator[Record]) -> None:
    writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for record in records:
        row = {name: value for name, value in record.items() if name != "metadata"}
        for name, value in record.get("metadata", {}).items():
            row[f"metadata.{name}"] = value
        writer.writerow(row)
