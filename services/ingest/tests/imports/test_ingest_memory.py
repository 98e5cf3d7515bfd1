"""Memory does not grow with the file; PULSO_MEMORY_ROWS=3000000 reads three million rows."""

import gzip
import os
from datetime import UTC, datetime

import psutil
import pytest
from pulso_contracts.imports import ImportJob, ImportState
from pulso_ingest.imports.jobs import ImportOptions
from pulso_ingest.imports.reading import read_chunks
from pulso_ingest.intake import Intake

ROWS = int(os.environ.get("PULSO_MEMORY_ROWS", "60000"))
CHUNK_ROWS = 500
WARM_UP_ROWS = 15_000
MOST_GROWTH = 12 * 1024 * 1024
"""Caches of places and regexes fill up at first; rows that are kept would add over 20 MB."""


@pytest.fixture(params=["csv", "ndjson"])
def big_file(request, tmp_path):
    path = tmp_path / f"big.{request.param}.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        if request.param == "csv":
            file.write("texto,fecha,ciudad,nota\n")
        for number in range(ROWS):
            text = f"Pedido {number}: el lomo llegó frío y tarde, llamen al 9{number:08d} por favor"
            if request.param == "csv":
                file.write(f'"{text}",01/11/2025,Lugar {number},{number % 5 + 1}\n')
            else:
                file.write(f'{{"text":"{text}","region":"Lugar {number}","rating":{number % 5 + 1}}}\n')
    return path


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_memory_stays_flat(big_file):
    job = ImportJob(
        id="memory",
        state=ImportState.RUNNING,
        filename=big_file.name,
        created_at=datetime.now(UTC),
        bytes_total=big_file.stat().st_size,
    )
    # Reading prepares items and publishes none, so no publisher is asked.
    intake = Intake(None, b"k" * 32)  # type: ignore[arg-type]
    process, rows, early, most = psutil.Process(), 0, 0, 0
    for chunk in read_chunks(
        big_file, job, ImportOptions(channel="chat"), intake.prepare, chunk_rows=CHUNK_ROWS, limit=10**12
    ):
        rows += len(chunk.numbers)
        assert not any(isinstance(item, list) for item in chunk.prepared)
        if rows % WARM_UP_ROWS == 0:
            resident = process.memory_info().rss
            early = early or resident
            most = max(most, resident)
    assert rows == ROWS
    assert most - early < MOST_GROWTH
