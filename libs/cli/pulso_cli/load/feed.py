"""What is sent: texts of the sample feed, said now."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from pulso_cli.sample.generator import generate

SOURCE: Final = "load-test"
"""The source of each item, by which it can be told from what customers said."""


def batches(run: str, items: int, size: int) -> Iterator[list[dict[str, Any]]]:
    """So many items in batches, each item with an id of its own in this run.

    What the sample sends twice is two items here: all that is sent has to be scored and indexed.
    """
    records = enumerate(generate(items, seed=1, end=datetime.now(UTC)))
    while batch := [
        {name: value for name, value in record.items() if name != "created_at"}
        | {"source": SOURCE, "external_id": f"{run}-{number}"}
        for number, record in islice(records, size)
    ]:
        yield batch
