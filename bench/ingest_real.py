"""Imports 37 thousand real comments through the gateway of a fresh stack until all are in trends."""

import csv
import gzip
import time
from pathlib import Path

from pulso_cli.importing import FileToImport, import_file
from pulso_contracts.trends import IndexStatus

from bench.report import GIGABYTE, Report, main
from bench.stack import PeakMemory, data_directory, running

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
GMAPS = "gmaps_pe_restaurants.csv.gz"
DELIVERY = "domicilios_co_delivery.csv.gz"
SOURCES = {GMAPS: "google_maps", DELIVERY: "domicilios"}
QUICK_ROWS = 1_500
STACK_BYTES = 1.2 * GIGABYTE


def measure(report: Report) -> None:
    """Imports the files one after the other, as `pulso import --wait` does."""
    with data_directory() as layout, running(layout) as stack:
        files = _files(report, layout.root)
        accepted = duplicates = rejected = 0
        started = time.monotonic()
        with PeakMemory(stack) as memory, stack.gateway() as gateway:
            for name, path in files.items():
                defaults = {"channel": "review", "source": SOURCES[name]}
                job = import_file(gateway, FileToImport(path, defaults), wait=True)
                accepted += job.accepted
                duplicates += job.duplicates
                rejected += job.rejected
            seconds = time.monotonic() - started
            status = IndexStatus.model_validate(gateway.get("/trends/status"))
    report.figure("accepted_items", accepted)
    report.figure("duplicate_rows", duplicates)
    report.figure("rejected_rows", rejected)
    report.figure("wall_seconds", seconds)
    report.figure("items_per_second", accepted / seconds)
    report.at_most("accepted_but_not_in_trends_items", accepted - status.items, 0)
    report.at_most("dead_letters", status.dead or 0, 0)
    report.at_most("stack_peak_memory_bytes", memory.total, int(STACK_BYTES))
    for name, peak in memory.peaks.items():
        report.figure(f"{name}_peak_memory_bytes", peak)


def _files(report: Report, folder: Path) -> dict[str, Path]:
    """Both files, or for a quick run the small one and the head of the large one."""
    files = {name: DATA / name for name in SOURCES}
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise SystemExit(f"These data are not here: {', '.join(missing)}.")
    if report.quick:
        files[DELIVERY] = _head(files[DELIVERY], folder / DELIVERY)
    return files


def _head(source: Path, target: Path) -> Path:
    with (
        gzip.open(source, "rt", encoding="utf-8", newline="") as given,
        gzip.open(target, "wt", encoding="utf-8", newline="") as taken,
    ):
        rows, head = csv.reader(given), csv.writer(taken)
        for number, row in enumerate(rows):
            if number > QUICK_ROWS:
                break
            head.writerow(row)
    return target


if __name__ == "__main__":
    main(measure)
