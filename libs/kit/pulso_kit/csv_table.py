"""Models as a CSV table (RFC 4180): flat columns, named and ordered as the fields of the models.

A field of a model in a model is a column `outer.inner`. Values of a list are joined by `;`, those of a map
are `key=value`; a backslash stands before a `;` or a backslash in them. A list of models has a column for
each of their fields, in which the same place is the same member. A value that is absent is an empty cell.

Text that a spreadsheet would take for a formula gets an apostrophe in front, numbers stay as they are
(https://owasp.org/www-community/attacks/CSV_Injection). The table begins with a byte order mark: without it
Excel reads UTF-8 in the machine's old code page, and "ají" becomes "ajÃ­" without a word of warning. Readers
that know `utf-8-sig`, pandas and Pulso's own imports among them, drop it.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import isclass
from io import StringIO
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def columns_of(model: type[BaseModel], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """The columns of a model's fields but those `without`, under the names that they have in JSON."""
    return tuple(_columns(model, frozenset(without)))


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A header and the rows, each given as the JSON of its models; what no column names is left out."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    paths = [column.split(".") for column in columns]
    writer.writerows([_cell(_at(row, path)) for path in paths] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _columns(model: type[BaseModel], without: frozenset[str] = frozenset()) -> Iterator[str]:
    for field, told in model.model_fields.items():
        if field in without:
            continue
        name = told.serialization_alias or told.alias or field
        inner = _model_in(told.annotation)
        if inner is None:
            yield name
        else:
            yield from (f"{name}.{column}" for column in _columns(inner))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field may be, or that its list holds; None for plain values and maps."""
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is dict:
        return None
    return next((model for each in get_args(annotation) if (model := _model_in(each))), None)


def _at(value: Any, path: Sequence[str]) -> Any:
    for depth, name in enumerate(path):
        if isinstance(value, list):
            return [_at(each, path[depth:]) for each in value]
        if value is None:
            return None
        value = value.get(name)
    return value


def _cell(value: Any) -> Any:
    """What the writer of the table is given: text, or a number as it is."""
    if isinstance(value, dict):
        value = [f"{key}={_plain(each)}" for key, each in value.items()]
    if isinstance(value, list):
        text, is_text = ";".join(map(_member, value)), any(isinstance(each, str) for each in value)
    elif isinstance(value, str):
        text, is_text = value, True
    else:
        return _plain(value)
    return f"'{text}" if is_text and text.startswith(_FORMULA) else text


def _member(value: Any) -> str:
    return str(_plain(value)).replace("\\", "\\\\").replace(";", "\\;")


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value
