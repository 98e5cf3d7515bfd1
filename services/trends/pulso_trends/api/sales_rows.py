"""From a body to sales: each row valid, or told why not."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pulso_contracts.feedback import FieldError
from pulso_contracts.sales import (
    MAX_REJECTED_TOLD,
    MAX_SALES_CSV_ROWS,
    MAX_SALES_ROWS,
    RejectedSale,
    SaleIn,
    SalesReceipt,
)
from pulso_kit.errors import BadRequest, Malformed, TooLarge, field_errors
from pydantic import ValidationError
from pydantic_core import from_json as parse_json

from pulso_trends.domain.sales.csv_table import UnreadableTable, read_table
from pulso_trends.domain.sales.sold import Sale, sale


@dataclass(slots=True)
class Received:
    """What a body holds: valid sales, in their order, and the first rejected rows."""

    sales: list[Sale] = field(default_factory=list)
    rejected: int = 0
    rejected_rows: list[RejectedSale] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    def refuse(self, index: int, row: int | None, errors: list[FieldError]) -> None:
        """Notes a row that is not kept."""
        self.rejected += 1
        if len(self.rejected_rows) < MAX_REJECTED_TOLD:
            self.rejected_rows.append(RejectedSale(index=index, row=row, errors=errors))

    def receipt(self, replaced: int) -> SalesReceipt:
        """The answer, once the sales are stored."""
        return SalesReceipt(
            accepted=len(self.sales),
            replaced=replaced,
            rejected=self.rejected,
            rejected_rows=self.rejected_rows,
            ignored_columns=self.ignored_columns,
        )


def from_json(body: bytes) -> Received:
    """The sales of an array of rows, or of an object with `rows`.

    Raises:
        BadRequest: It is no JSON of this form.
        TooLarge: There are more than `MAX_SALES_ROWS`.
    """
    try:
        content = parse_json(body)
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    rows = content["rows"] if isinstance(content, dict) and content.keys() == {"rows"} else content
    if not isinstance(rows, list):
        raise BadRequest("The body is neither a JSON array of rows nor an object with `rows`.")
    if len(rows) > MAX_SALES_ROWS:
        raise TooLarge(f"At most {MAX_SALES_ROWS} rows at once; send a CSV table for more.")
    return _validated((None, row) for row in rows)


def from_csv(body: bytes) -> Received:
    """The sales of a table.

    Raises:
        Malformed: Its columns are not those of sales.
        TooLarge: There are more than `MAX_SALES_CSV_ROWS`.
    """
    try:
        table = read_table(body)
    except UnreadableTable as error:
        errors = [FieldError(field=name, message="has no column") for name in error.missing]
        raise Malformed(str(error), errors=errors) from None
    rows = list(islice(table.rows, MAX_SALES_CSV_ROWS + 1))
    if len(rows) > MAX_SALES_CSV_ROWS:
        raise TooLarge(f"A table has at most {MAX_SALES_CSV_ROWS} rows; split it.")
    received = _validated((row.number, row.cells if row.error is None else row.error) for row in rows)
    received.ignored_columns = table.ignored
    return received


def _validated(rows: Iterable[tuple[int | None, Any]]) -> Received:
    """Reads rows, each with its number in a table; a text in place of a table's row says why it has none."""
    received = Received()
    for index, (number, row) in enumerate(rows):
        if not isinstance(row, dict):
            message = row if number is not None else "must be an object"
            received.refuse(index, number, [FieldError(field="", message=message)])
            continue
        try:
            received.sales.append(sale(SaleIn.model_validate(row)))
        except ValidationError as error:
            told = error.errors(include_url=False, include_context=False, include_input=False)
            received.refuse(index, number, _shown(field_errors(list(told))))
    return received


def _shown(errors: list[FieldError]) -> list[FieldError]:
    """The errors without what somebody typed as a field's name."""
    return [
        each
        if each.field in SaleIn.model_fields
        else FieldError(field="", message="holds a field that is not known")
        for each in errors
    ]
