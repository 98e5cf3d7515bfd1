"""From the rows of an upload to chunks of prepared items."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from pulso_contracts.feedback import FeedbackIn, FieldError
from pulso_contracts.imports import ImportJob

from pulso_ingest.domain.cells import item_from
from pulso_ingest.domain.columns import BadColumns, Plan, plan_columns, require_columns
from pulso_ingest.imports.jobs import ImportOptions
from pulso_ingest.imports.opening import open_table
from pulso_ingest.imports.rows import Row, UnreadableFile
from pulso_ingest.intake import Prepared
from pulso_ingest.validation import valid_item

SHAPES_REMEMBERED: Final = 128


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows read and prepared together."""

    numbers: list[int]
    prepared: list[Prepared]
    ignored: list[str]
    position: int


def read_chunks(
    path: Path,
    job: ImportJob,
    options: ImportOptions,
    prepare: Callable[[FeedbackIn | list[FieldError], datetime], Prepared],
    *,
    chunk_rows: int,
    limit: int,
) -> Generator[Chunk, None, None]:
    """Reads an upload from the first row that `job` has not done; memory does not grow with the file.

    Raises:
        UnreadableFile: Before the first chunk or at any later one.
    """
    mapping, defaults = options.mapping(), options.defaults()

    @lru_cache(SHAPES_REMEMBERED)
    def plan_for(names: tuple[str, ...]) -> Plan:
        return plan_columns(names, mapping)

    with open_table(path, job.filename, limit) as table:
        ignored: list[str] = []

        def prepared_row(row: Row, at: datetime) -> Prepared:
            if row.error is not None:
                return [FieldError(field="", message=row.error)]
            try:
                plan = plan_for(row.names)
            except BadColumns as error:
                return [FieldError(field="", message=str(error))]
            ignored.extend(plan.ignored)
            item = item_from(plan, row.cells, defaults)
            return prepare(item if isinstance(item, list) else valid_item(item), at)

        if table.header is not None:
            try:
                plan = plan_for(table.header)
                require_columns(plan, table.header, mapping, has_channel=options.channel is not None)
            except BadColumns as error:
                raise UnreadableFile(str(error)) from None
        rows = islice(table.rows, job.rows, None)
        while chunk := list(islice(rows, chunk_rows)):
            at = datetime.now(UTC)
            prepared = [prepared_row(row, at) for row in chunk]
            yield Chunk(
                [row.number for row in chunk], prepared, list(dict.fromkeys(ignored)), table.position()
            )
            ignored.clear()
